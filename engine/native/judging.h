/* What judge.c and judges.c share: the rules as they are kept for judging. */
#ifndef SHOPBELL_JUDGING_H
#define SHOPBELL_JUDGING_H

#include "rules.h"

/* One rule, by its order in the rule set: its id, whether its popup interrupts, and what it waits for. */
struct told_rule {
    PyObject *id;
    int interrupts;
    Chance *chance;
};

/* A rule of a plan, and the tests that events other than a page view can change. */
typedef struct {
    int order, size;
    Test *tests;
    char *may_arm;
} PlanRule;

/* What a plan judges by: a sieve for a page view, else its rules. */
typedef struct {
    PyObject_HEAD
    PyObject *slots;
    int n_slots, n_windows, n_rules;
    Junction *sieve;
    PlanRule *rules;
} Judge;

/* What is known of one set of rules that are alive together: the rules as a tuple, and their plans by event name. */
typedef struct {
    PyObject_HEAD
    PyObject *rules, *plans;
} Alive;

extern PyTypeObject *Judge_Type, *Alive_Type;
Judge *book_judge(Book *book, PyObject *plan);
Alive *book_alive(Book *book, const int *orders, int size);
struct told_rule *book_rule(Book *book, int order);
PyObject *book_moments(Book *book, const Moment *moments, int size);
PyObject *book_arm(Book *book, const Moment *moments, int size);

#endif
