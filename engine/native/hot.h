/*
 * What the C files of this folder share. Each of them is about one matter:
 *
 *   clock.c    the time, without an object for it
 *   words.c    the words of a Redis command, as the protocol (RESP) has them
 *   sound.c    flat objects of Python, looked through for anything odd
 *   said.c     a frame of the usual form: what it says, looked through without making a Python object of it
 *   door.c     where a connection's frames come in
 *   frame.c    a frame of the stream, as picows hands it over
 *   recipe.c   what an event changes, packed once, with holes for the numbers that differ
 *   step.c     one event on its way
 *   sheet.c    what is to be written into the event log with the next write
 *   tab.c      what the engine keeps of an open document, as far as the usual way reads it
 *   book.c     what is known of names and pages while one set of rules is in force
 *   books.c    which books there are: sites may have rules of their own
 *   way.c      the usual way of an event: from its frame to its command
 *   plans.c    what to read with it, and which rules to judge
 *   reply.c    and from the reply to its acknowledgement
 *   rules.h    the judging in between
 *   hot.c      the module
 *
 * Conventions: a function that may fail returns -1 or NULL with a Python exception set; "1 or 0" answers a question.
 * The interpreter's lock is held throughout. Nothing here decides anything new: whatever is not of the usual form is
 * left to the Python code, which is the reference.
 */
#ifndef SHOPBELL_HOT_H
#define SHOPBELL_HOT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <string.h>

/* The limits of engine/core/event_checks.py and wire.py; tests hold them together. */
#define LONGEST_VALUE 256
#define LONGEST_KEY 64
#define LARGEST_NUMBER 1e15
#define LARGEST_SEQ 9007199254740992LL
#define LONGEST_MS (24LL * 60 * 60 * 1000)
#define LONGEST_NAME 40
#define MOST_KEYS 25
#define MOST_ITEMS 200
#define MOST_ITEM_KEYS 40
#define LONGEST_FRAME (16 * 1024)

/* words.c: a text that grows. */
typedef struct {
    char *text;
    Py_ssize_t used, room;
} Words;

int words_need(Words *to, Py_ssize_t more);
int words_add(Words *to, const char *text, Py_ssize_t size);
/* These three need room for 32 bytes more than they are given; words_need() sees to it. */
void words_digits(Words *to, unsigned long long number);
void words_end(Words *to);
void words_bulk(Words *to, const char *text, Py_ssize_t size);
int words_number(Words *to, long long number);
int digits_into(char *to, unsigned long long number); /* at most 20; returns how many */
PyObject *packed_words(PyObject *module, PyObject *words);
PyObject *packed_call(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* sound.c */
PyObject *is_sound(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *are_sound(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* said.c: a frame of the usual form, {"type":"event","seq":1,"name":"login","data":{}}; ``data`` may be missing. */
typedef struct {
    long long seq;
    const char *name, *data;
    Py_ssize_t name_size, data_size;
} Said;

int said_read(const char *frame, Py_ssize_t size, Said *said);
int said_nothing(const Said *said);
int said_measure(const Said *said, const char *key, long long most, long long *value);
int said_flat(const Said *said, int most, int is_commerce);
PyObject *usual_data(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* door.c */
PyTypeObject *door_type(void);

/* frame.c */
PyObject *plain_text(PyObject *module, PyObject *frame);
PyObject *believe_frames(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* recipe.c */
typedef struct {
    PyObject_VAR_HEAD
    Py_ssize_t words;
    struct part {
        PyObject *text, *behind; /* bytes; ``behind`` is NULL where the part has no hole */
    } part[1];
} Recipe;

extern PyTypeObject *Recipe_Type;
PyTypeObject *recipe_type(void);
int recipe_write(const Recipe *recipe, long long number, Words *to);

/* histogram.c */
#define MOST_BOUNDS 31
typedef struct {
    PyObject_HEAD
    int size;
    double bounds[MOST_BOUNDS], total;
    long long counts[MOST_BOUNDS + 1];
} Histogram;

extern PyTypeObject *Histogram_Type;
PyTypeObject *histogram_type(void);
void histogram_add(Histogram *histogram, double seconds);

/* Things that are read once of a page or of a visitor, by their number. */
typedef struct {
    PyObject **of;
    int size;
} Facts;

void facts_forget(Facts *facts);

/* tab.c: the fields that Python code reads and writes too have the meaning that engine/tab.py gives them. */
typedef struct {
    PyObject_HEAD
    long long view, done, sent, quiet_until_ms;
    int owed;
    char closed, arm_is_stale, is_usual;
    char exhausted;
    PyObject *under_way, *page, *session, *send, *watch, *keys, *who, *held, *sent_arm;
    /* What the usual way keeps here. It is void as soon as what it was made of is another object, or another day. */
    PyObject *place, *head, *head_session, *head_rules;
    long long head_day;
    PyObject *facts_of, *facts_in, *alive; /* whose the facts are; what judging the page found alive */
    PyObject *sheet, *log_head, *logged_session; /* as event_log.py keeps them here */
    Facts who_facts;
} TabCore;

extern PyTypeObject *TabCore_Type;
PyTypeObject *tab_core_type(void);

/* sheet.c */
typedef struct {
    PyObject_HEAD
    PyObject *head, *begin, *waiting; /* the command's first words; told of the first entry; [reply_to, step, ...] */
    long long words, slot;
    Words out;
    int entries;
    char is_closed;
} Sheet;

extern PyTypeObject *Sheet_Type;
PyTypeObject *sheet_type(void);
int sheet_add(Sheet *sheet, PyObject *head, long long now, PyObject *kind, PyObject *said);
int sheet_wait(Sheet *sheet, PyObject *reply_to, PyObject *step);
PyObject *tell_all(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* step.c */
typedef struct {
    PyObject_HEAD
    PyObject *tab, *plan, *name, *event, *doc, *frame, *command;
    long long seq, view, idle_ms, now_ms;
    double received;
    int left;
    char has_rules;
} Step;

extern PyTypeObject *Step_Type;
PyTypeObject *step_type(void);
Step *step_new(TabCore *tab, PyObject *plan, PyObject *name, double received);
PyObject *read_events_by(PyObject *module, PyObject *reader);

/* book.c */
enum shape { UNUSUAL, PAGE_VIEW, PAGE_DWELL, SCROLL, IDLE, BARE, COMMERCE, OWN };

typedef struct {
    PyObject_HEAD
    PyObject *page, *kind, *recipes, *tails; /* Page; its kind; name -> Recipe or None; plan -> (words, bytes, True) */
    PyObject *plan; /* what to read when it is shown */
    Facts facts;
    long long book; /* the number of the book that it stands in */
} Place;

typedef struct {
    PyObject_HEAD
    PyObject *name, *recipe; /* ``recipe`` only where it is the same on all pages */
    enum shape shape;
    char of_page;
} Name;

typedef struct {
    PyObject_HEAD
    PyObject *rules, *nothing, *maker, *site; /* ``site`` is one that goes by the rules */
    PyObject *names, *tails, *young, *old, *met;
    /* what judge.c keeps of the rules; see there */
    PyObject *judges, *alives, *arms, *moments;
    struct told_rule *told;
    long long number; /* no other book ever has the same */
    int n_rules;
    char unobtrusive;
} Book;

extern PyTypeObject *Place_Type, *Name_Type, *Book_Type;
int book_types(void);
Book *book_new(PyObject *rules, PyObject *maker, PyObject *site);
void books_share(Py_ssize_t number);
Name *book_name(Book *book, const char *name, Py_ssize_t size);
Place *book_place(Book *book, const char *data, Py_ssize_t size);
Recipe *book_recipe(Book *book, Name *name, Place *place);
PyObject *book_tail(Book *book, PyObject *plan, PyObject *page, Place *place);

/*
 * way.c and reply.c: the Python functions that the usual way calls, and the book of the rules in force. What each of
 * them does is said where they are handed over, in engine/edge/usual.py.
 */
enum call {
    TAKE, RULES, CLOCK, MAKER, HEAD, SHEET, SEND, ODD, OBSERVED, LOG_FAILED, JUDGE, QUIET, ARM, ACK, COUNTED, ACKNOWLEDGED, CALLS
};

typedef struct {
    PyObject_HEAD
    PyObject *call[CALLS];
    PyObject *on_logged, *on_observed; /* methods of its own, made once */
    PyObject *books; /* rules -> Book */
    Book *book; /* the one that was used last */
    Words out;
} Way;

extern PyTypeObject *Way_Type;
PyTypeObject *way_type(void);

/* books.c */
Book *book_kept(Way *way, TabCore *tab);
Book *book_begin(Way *way, TabCore *tab);
int is_in_force(const Way *way, TabCore *tab, PyObject *rules);

PyObject *plan_of(TabCore *tab, Name *name, Place *place);
int plan_has_rules(Book *book, PyObject *plan);
/* clock.c */
double seconds_now(void);
PyObject *now_ms(PyObject *module, PyObject *nothing);
long long ms_by(PyObject *clock);

PyObject *way_take(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
int judge_usual(Way *way, Step *step, PyObject *values, PyObject **arm);
int judge_types(void);
int rules_begin(Book *book);
void rules_forget(Book *book);
PyObject *way_counted(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *way_logged(PyObject *self, PyObject *const *args, Py_ssize_t nargs);


/* Names of attributes and methods, made once by hot.c. */
extern struct names {
    PyObject *plan, *rules, *kind, *turn_to, *make_place, *make_recipe, *shape_of, *make_tail, *nothing, *page_view,
        *name, *seq, *doc, *make_view, *casefold, *session_started_ms, *make_judge, *make_rule, *make_arm, *make_alive,
        *alive, *armed, *unobtrusive, *product, *category_id, *site, *frame_kind;
} NAMES;

#endif
