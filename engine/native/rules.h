/*
 * What the C files about judging share. Python code tells the rules as plain tuples (engine/core/usual_rules.py and
 * usual_moments.py say how they look); nothing here knows the language of the rules.
 *
 *   values.c    the values that Redis answered
 *   tests.c     whether a condition is true
 *   chances.c   what a rule waits for
 *   sieve.c     from all rules of a page to those that concern the visitor
 *   judge.c     one judgement: what is true, alive, and waited for
 *
 * A function that judges returns STUCK where it cannot go on: with a Python exception set, or without one where the
 * values are of a kind that only Python can judge by. What was done until then has changed nothing.
 */
#ifndef SHOPBELL_RULES_H
#define SHOPBELL_RULES_H

#include "hot.h"

#define STUCK (-1)
#define MOST_MOMENTS 128 /* of all rules at one moment */
#define MOST_WINDOWS 256

enum value_kind { NOT_READ, NUMBER, TRAIL, OTHER };

typedef struct {
    enum value_kind kind;
    int at, size; /* of a trail: where it lies among all */
    double number;
} Value;

/* A moment that could change something: the number of its name, and its value. */
typedef struct {
    long long name, value;
} Moment;

enum moment_name { M_PAGE_DWELL, M_SCROLL, M_IDLE, M_WAKE, M_EXIT_INTENT, M_TAB_RETURN, M_COPY, MOMENT_NAMES };

extern const char *const MOMENT_WORDS[MOMENT_NAMES];

/* One visitor at one moment, as View has it in Python. */
typedef struct {
    Way *way;
    Book *book;
    TabCore *tab;
    Step *step;
    Place *place;
    PyObject *said; /* the values as they came */
    PyObject *view; /* made only where a closure asks for it */
    Value *values;
    int slots, n_trails;
    long long *trails;
    double windows[MOST_WINDOWS]; /* what was found in them, below 0 where nobody looked yet */
    long long now;
    double age; /* below 0 until it was asked for */
    Moment moments[MOST_MOMENTS];
    int n_moments;
} Sight;

int values_read(Sight *sight, PyObject *plan_slots);
int number_at(const Sight *sight, int slot, double *number);
PyObject *view_of(Sight *sight);
int age_of(Sight *sight, double *age);
int compare(int operator, double found, double expected);

typedef struct Test Test;
struct Test {
    int kind, operator, slot, number, is_dwell, size;
    double expected, goal;
    long long window;
    PyObject *python;
    Test *parts;
};

int test_read(PyObject *told, Test *test);
void test_forget(Test *test);
int test_true(const Test *test, Sight *sight);
int fact_at(Sight *sight, int of_who, int number, PyObject *read, int is_text, PyObject **value);

typedef struct Chance Chance;
enum state { HOLDS, ARMED, OPEN, NEVER };

int chance_read(PyObject *told, Chance **chance);
void chance_forget(Chance *chance);
int add_moment(Sight *sight, int name, long long value);
int chance_state(const Chance *chance, Sight *sight);

typedef struct Junction Junction;

/* What came out of a judgement, by the rules' order; ``quiet`` are those of ``waiting`` that are true. */
typedef struct {
    int *alive, *true_now, *waiting, *quiet;
    int n_alive, n_true, n_waiting, n_quiet, most;
} Sifted;

Junction *junction_read(PyObject *told);
void junction_forget(Junction *junction);
int junction_sift(const Junction *junction, Sight *sight, Sifted *out);
int orders_read(PyObject *told, int **orders, int *size);

#endif
