/*
 * What is kept of the rules in force: made by Python code (Maker in engine/edge/usual.py) where it is first needed.
 *
 * All of it is bounded: what is kept by what shoppers do is forgotten when there is too much of it.
 */
#include "judging.h"

#define MOST_JUDGES 10000
#define MOST_ALIVES 10000
#define MOST_ARMS 1024 /* some kilobytes each, and all but a few are asked for again and again */

PyTypeObject *Judge_Type, *Alive_Type;

static void
judge_free(PyObject *self)
{
    Judge *judge = (Judge *)self;
    PyTypeObject *type = Py_TYPE(self);
    for (int n = 0; n < judge->n_rules; n++) {
        for (int at = 0; at < judge->rules[n].size; at++)
            test_forget(&judge->rules[n].tests[at]);
        PyMem_Free(judge->rules[n].tests);
        PyMem_Free(judge->rules[n].may_arm);
    }
    PyMem_Free(judge->rules);
    junction_forget(judge->sieve);
    Py_XDECREF(judge->slots);
    PyObject_Free(self);
    Py_DECREF(type);
}

static void
alive_free(PyObject *self)
{
    Alive *alive = (Alive *)self;
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(alive->rules);
    Py_XDECREF(alive->plans);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyType_Slot judge_slots[] = {{Py_tp_dealloc, judge_free}, {0, NULL}};
static PyType_Slot alive_slots[] = {{Py_tp_dealloc, alive_free}, {0, NULL}};

#define HIDDEN (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION)
static PyType_Spec judge_spec = {"engine.native.hot.Judge", sizeof(Judge), 0, HIDDEN, judge_slots};
static PyType_Spec alive_spec = {"engine.native.hot.Alive", sizeof(Alive), 0, HIDDEN, alive_slots};

int
judge_types(void)
{
    Judge_Type = (PyTypeObject *)PyType_FromSpec(&judge_spec);
    Alive_Type = (PyTypeObject *)PyType_FromSpec(&alive_spec);
    return Judge_Type && Alive_Type ? 0 : -1;
}

/* Begin to keep what is known of the rules in force. */
int
rules_begin(Book *book)
{
    PyObject *all = PyObject_GetAttr(book->rules, NAMES.rules);
    PyObject *unobtrusive = all == NULL ? NULL : PyObject_GetAttr(book->rules, NAMES.unobtrusive);
    book->told = NULL;
    book->n_rules = 0;
    book->judges = PyDict_New();
    book->alives = PyDict_New();
    book->arms = PyDict_New();
    book->moments = PyDict_New();
    if (unobtrusive != NULL) {
        book->unobtrusive = PyObject_IsTrue(unobtrusive) != 0;
        book->n_rules = (int)PyObject_Size(all);
        book->told = PyMem_Calloc((size_t)book->n_rules + 1, sizeof(struct told_rule));
    }
    Py_XDECREF(all);
    Py_XDECREF(unobtrusive);
    return book->told && book->judges && book->alives && book->arms && book->moments ? 0 : -1;
}

void
rules_forget(Book *book)
{
    for (int n = 0; book->told != NULL && n < book->n_rules; n++) {
        Py_XDECREF(book->told[n].id);
        chance_forget(book->told[n].chance);
    }
    PyMem_Free(book->told);
    Py_XDECREF(book->judges);
    Py_XDECREF(book->alives);
    Py_XDECREF(book->arms);
    Py_XDECREF(book->moments);
}

static int
read_plan_rule(PyObject *told, PlanRule *into)
{
    PyObject *tests, *test;
    if (!PyArg_ParseTuple(told, "iO!", &into->order, &PyList_Type, &tests))
        return -1;
    into->tests = PyMem_Calloc((size_t)PyList_GET_SIZE(tests) + 1, sizeof(Test));
    into->may_arm = PyMem_Calloc((size_t)PyList_GET_SIZE(tests) + 1, 1);
    if (into->tests == NULL || into->may_arm == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    while (into->size < PyList_GET_SIZE(tests)) {
        int may_arm;
        Test *next = &into->tests[into->size++];
        if (!PyArg_ParseTuple(PyList_GET_ITEM(tests, into->size - 1), "Op", &test, &may_arm) || test_read(test, next) < 0)
            return -1;
        into->may_arm[into->size - 1] = (char)may_arm;
    }
    return 0;
}

static int
read_rules(PyObject *told, Judge *judge)
{
    if (!PyList_Check(told)) {
        PyErr_SetString(PyExc_TypeError, "a plan's rules are a list");
        return -1;
    }
    judge->rules = PyMem_Calloc((size_t)PyList_GET_SIZE(told) + 1, sizeof(PlanRule));
    if (judge->rules == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    while (judge->n_rules < PyList_GET_SIZE(told)) {
        judge->n_rules++;
        if (read_plan_rule(PyList_GET_ITEM(told, judge->n_rules - 1), &judge->rules[judge->n_rules - 1]) < 0)
            return -1;
    }
    return 0;
}

/* Make a judge of what Python tells: (slots, number of all slots, and of windows, a sieve or None, rules). */
static PyObject *
make_judge(Book *book, PyObject *plan)
{
    PyObject *told = PyObject_CallMethodOneArg(book->maker, NAMES.make_judge, plan), *slots, *sieve, *rules;
    Judge *judge = told == NULL || told == Py_None ? NULL : PyObject_New(Judge, Judge_Type);
    if (judge != NULL) {
        judge->sieve = NULL;
        judge->rules = NULL;
        judge->slots = NULL;
        judge->n_rules = 0;
        if (!PyArg_ParseTuple(told, "O!iiOO", &PyTuple_Type, &slots, &judge->n_slots, &judge->n_windows, &sieve, &rules))
            Py_CLEAR(judge);
        else {
            judge->slots = Py_NewRef(slots);
            if (sieve == Py_None ? read_rules(rules, judge) < 0 : (judge->sieve = junction_read(sieve)) == NULL)
                Py_CLEAR(judge);
        }
    }
    if (told == Py_None)
        return told;
    Py_XDECREF(told);
    return (PyObject *)judge;
}

/* Keep a thing that was just made under a key, of at most so many; returns it, borrowed, or NULL. */
static PyObject *
keep(PyObject *kept, PyObject *key, PyObject *made, Py_ssize_t most)
{
    if (made == NULL)
        return NULL;
    if (PyDict_GET_SIZE(kept) >= most)
        PyDict_Clear(kept);
    int done = PyDict_SetItem(kept, key, made);
    Py_DECREF(made);
    return done < 0 ? NULL : made;
}

/* Return what a plan judges by, borrowed. NULL without an exception: only Python can. */
Judge *
book_judge(Book *book, PyObject *plan)
{
    PyObject *found = PyDict_GetItemWithError(book->judges, plan);
    if (found == NULL && !PyErr_Occurred())
        found = keep(book->judges, plan, make_judge(book, plan), MOST_JUDGES);
    return found == Py_None ? NULL : (Judge *)found;
}

static PyObject *
make_alive(Book *book, const int *orders, int size)
{
    PyObject *list = PyList_New(size);
    for (int n = 0; list != NULL && n < size; n++)
        PyList_SET_ITEM(list, n, PyLong_FromLong(orders[n]));
    PyObject *rules = list == NULL ? NULL : PyObject_CallMethodOneArg(book->maker, NAMES.make_alive, list);
    Py_XDECREF(list);
    Alive *alive = rules == NULL ? NULL : PyObject_New(Alive, Alive_Type);
    if (alive == NULL) {
        Py_XDECREF(rules);
        return NULL;
    }
    alive->rules = rules;
    alive->plans = PyDict_New();
    if (alive->plans == NULL)
        Py_CLEAR(alive);
    return (PyObject *)alive;
}

/* Return what is known of these rules together, borrowed. */
Alive *
book_alive(Book *book, const int *orders, int size)
{
    PyObject *key = PyBytes_FromStringAndSize((const char *)orders, (Py_ssize_t)sizeof(int) * size);
    if (key == NULL)
        return NULL;
    PyObject *found = PyDict_GetItemWithError(book->alives, key);
    if (found == NULL && !PyErr_Occurred())
        found = keep(book->alives, key, make_alive(book, orders, size), MOST_ALIVES);
    Py_DECREF(key);
    return (Alive *)found;
}

/* Return one rule, as it is kept. */
struct told_rule *
book_rule(Book *book, int order)
{
    PyObject *id, *chance;
    struct told_rule *rule = order >= 0 && order < book->n_rules ? &book->told[order] : NULL;
    if (rule == NULL || rule->id != NULL)
        return rule;
    PyObject *number = PyLong_FromLong(order);
    PyObject *told = number == NULL ? NULL : PyObject_CallMethodOneArg(book->maker, NAMES.make_rule, number);
    Py_XDECREF(number);
    if (told != NULL && PyArg_ParseTuple(told, "UpO", &id, &rule->interrupts, &chance) && chance_read(chance, &rule->chance) == 0)
        rule->id = Py_NewRef(id);
    Py_XDECREF(told);
    return rule->id == NULL ? NULL : rule;
}

static PyObject *
make_moments(const Moment *moments, int size)
{
    PyObject *made = PyTuple_New(size);
    for (int n = 0; made != NULL && n < size; n++) {
        PyObject *pair = Py_BuildValue("(sL)", MOMENT_WORDS[moments[n].name], moments[n].value);
        if (pair == NULL)
            Py_CLEAR(made);
        else
            PyTuple_SET_ITEM(made, n, pair);
    }
    return made;
}

/* Return moments as Python has them: a tuple of pairs. A new reference. */
PyObject *
book_moments(Book *book, const Moment *moments, int size)
{
    PyObject *key = PyBytes_FromStringAndSize((const char *)moments, (Py_ssize_t)sizeof(Moment) * size);
    if (key == NULL)
        return NULL;
    PyObject *found = PyDict_GetItemWithError(book->moments, key);
    if (found == NULL && !PyErr_Occurred())
        found = keep(book->moments, key, make_moments(moments, size), MOST_ARMS);
    Py_DECREF(key);
    return Py_XNewRef(found);
}

/* Return what arming these moments is: (the moments as a frozenset, the field ``arm`` as JSON), borrowed. */
PyObject *
book_arm(Book *book, const Moment *moments, int size)
{
    PyObject *key = PyBytes_FromStringAndSize((const char *)moments, (Py_ssize_t)sizeof(Moment) * size);
    if (key == NULL)
        return NULL;
    PyObject *found = PyDict_GetItemWithError(book->arms, key);
    if (found == NULL && !PyErr_Occurred()) {
        PyObject *told = make_moments(moments, size);
        PyObject *made = told == NULL ? NULL : PyObject_CallMethodOneArg(book->maker, NAMES.make_arm, told);
        Py_XDECREF(told);
        found = keep(book->arms, key, made, MOST_ARMS);
    }
    Py_DECREF(key);
    if (found != NULL && (!PyTuple_Check(found) || PyTuple_GET_SIZE(found) != 2 || !PyBytes_Check(PyTuple_GET_ITEM(found, 1)))) {
        PyErr_SetString(PyExc_TypeError, "make_arm makes the moments and the field");
        return NULL;
    }
    return found;
}
