/* Whether a condition is true: what the closures of engine/core/compile.py tell, which stay the reference. */
#include "rules.h"

enum kind { COUNT, WINDOW, SINCE, STEPS, AGE, IDLE_FOR, SIGNAL, MISSING, PAGE, WHO, ALL, ANY, NOT, PYTHON, KINDS };

static const char *const KIND_NAMES[KINDS] = {
    "count", "window", "since", "steps", "age", "idle", "signal", "missing", "page", "who", "all", "any", "not", "python",
};

static int read_parts(PyObject *told, Test *test);

static int
kind_of(PyObject *told)
{
    const char *name = PyTuple_Check(told) && PyTuple_GET_SIZE(told) ? PyUnicode_AsUTF8(PyTuple_GET_ITEM(told, 0)) : NULL;
    for (int kind = 0; name != NULL && kind < KINDS; kind++) {
        if (strcmp(name, KIND_NAMES[kind]) == 0)
            return kind;
    }
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "a test that is not known: %R", told);
    return -1;
}

static int
read_fields(PyObject *told, Test *test)
{
    PyObject *kind;
    switch (test->kind) {
    case COUNT:
    case SINCE:
        return PyArg_ParseTuple(told, "Oiid", &kind, &test->slot, &test->operator, &test->expected);
    case WINDOW:
        return PyArg_ParseTuple(told, "OiLiiid", &kind, &test->slot, &test->window, &test->number, &test->is_dwell,
                                &test->operator, &test->expected);
    case MISSING:
        return PyArg_ParseTuple(told, "Oidid", &kind, &test->slot, &test->goal, &test->operator, &test->expected);
    case AGE:
    case IDLE_FOR:
        return PyArg_ParseTuple(told, "Oid", &kind, &test->operator, &test->expected);
    case STEPS:
        return PyArg_ParseTuple(told, "Oi", &kind, &test->slot);
    case PAGE:
    case WHO:
        return PyArg_ParseTuple(told, "OiO", &kind, &test->number, &test->python);
    default:
        return PyArg_ParseTuple(told, "OO", &kind, &test->python);
    }
}

/* Read a test from its tuple into ``test``, which test_forget() must empty again, also after a failure. */
int
test_read(PyObject *told, Test *test)
{
    memset(test, 0, sizeof *test);
    test->kind = kind_of(told);
    if (test->kind < 0 || !read_fields(told, test)) {
        test->python = NULL;
        return -1;
    }
    if (test->kind == ALL || test->kind == ANY || test->kind == NOT)
        return read_parts(test->python, test);
    Py_XINCREF(test->python);
    return 0;
}

static int
read_parts(PyObject *told, Test *test)
{
    PyObject *one = NULL;
    test->python = NULL;
    if (test->kind == NOT && (told = one = PyTuple_Pack(1, told)) == NULL)
        return -1;
    PyObject *parts = PySequence_Fast(told, "parts are a list");
    Py_XDECREF(one);
    if (parts == NULL)
        return -1;
    int size = (int)PySequence_Fast_GET_SIZE(parts), done = 0;
    test->parts = PyMem_Calloc((size_t)size + 1, sizeof(Test));
    if (test->parts == NULL) {
        PyErr_NoMemory();
        done = -1;
    }
    while (done == 0 && test->size < size) {
        test->size++;
        done = test_read(PySequence_Fast_GET_ITEM(parts, test->size - 1), &test->parts[test->size - 1]);
    }
    Py_DECREF(parts);
    return done;
}

void
test_forget(Test *test)
{
    for (int n = 0; n < test->size; n++)
        test_forget(&test->parts[n]);
    PyMem_Free(test->parts);
    Py_XDECREF(test->python);
    memset(test, 0, sizeof *test);
}

/* Make room for one more fact that is read once. */
static int
facts_need(Facts *facts, int number)
{
    if (number < facts->size)
        return 0;
    int wanted = number + 16;
    PyObject **grown = PyMem_Realloc(facts->of, (size_t)wanted * sizeof *grown);
    if (grown == NULL) {
        PyErr_NoMemory();
        return STUCK;
    }
    memset(grown + facts->size, 0, (size_t)(wanted - facts->size) * sizeof *grown);
    facts->of = grown;
    facts->size = wanted;
    return 0;
}

void
facts_forget(Facts *facts)
{
    for (int n = 0; n < facts->size; n++)
        Py_XDECREF(facts->of[n]);
    PyMem_Free(facts->of);
    facts->of = NULL;
    facts->size = 0;
}

/* Find what the page or the visitor is, read once for all; borrowed. A text is folded where rules compare it so. */
int
fact_at(Sight *sight, int of_who, int number, PyObject *read, int is_text, PyObject **value)
{
    if (!of_who && sight->place == NULL)
        return STUCK;
    Facts *facts = of_who ? &sight->tab->who_facts : &sight->place->facts;
    if (facts_need(facts, number) < 0)
        return STUCK;
    if (facts->of[number] == NULL) {
        PyObject *view = view_of(sight), *found = view == NULL ? NULL : PyObject_CallOneArg(read, view);
        if (found != NULL && is_text && PyUnicode_Check(found))
            Py_SETREF(found, PyObject_CallMethodNoArgs(found, NAMES.casefold));
        if (found == NULL)
            return STUCK;
        facts->of[number] = found;
    }
    *value = facts->of[number];
    return 0;
}

/* Return how much is inside a window: moments, or ms of dwell. As engine/core/trails.py. */
static double
inside(const Sight *sight, const Value *trail, long long window, int is_dwell)
{
    const long long *at = sight->trails + trail->at;
    double total = 0;
    if (is_dwell) {
        for (int n = 0; n + 1 < trail->size; n += 2)
            total += sight->now - at[n] < window ? (double)at[n + 1] : 0;
        return total;
    }
    int low = 0, high = trail->size; /* as bisect_right finds it */
    while (low < high) {
        int middle = (low + high) / 2;
        if (sight->now - window < at[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return trail->size - low;
}

static int
in_window(const Test *test, Sight *sight, double *found)
{
    if (test->slot >= sight->slots || test->number >= MOST_WINDOWS)
        return STUCK;
    const Value *value = &sight->values[test->slot];
    if (value->kind != TRAIL)
        return STUCK;
    if (sight->windows[test->number] < 0)
        sight->windows[test->number] = inside(sight, value, test->window, test->is_dwell);
    *found = sight->windows[test->number];
    return 0;
}

static int
test_number(const Test *test, Sight *sight)
{
    double found;
    int known = test->kind == WINDOW     ? in_window(test, sight, &found)
                : test->kind == AGE      ? age_of(sight, &found)
                : test->kind == IDLE_FOR ? (found = (double)sight->step->idle_ms, 0)
                                         : number_at(sight, test->slot, &found);
    if (known < 0)
        return STUCK;
    if (test->kind == SINCE) {
        if (found == 0)
            return 0;
        found = (double)sight->now - found;
    }
    else if (test->kind == MISSING)
        found = test->goal > found ? test->goal - found : 0;
    return compare(test->operator, found, test->expected);
}

static int
test_parts(const Test *test, Sight *sight)
{
    for (int n = 0; n < test->size; n++) {
        int found = test_true(&test->parts[n], sight);
        if (found < 0 || (test->kind == ALL && !found) || (test->kind == ANY && found))
            return found;
        if (test->kind == NOT)
            return !found;
    }
    return test->kind == ALL;
}

static int
test_steps(const Test *test, const Sight *sight)
{
    if (test->slot >= sight->slots || sight->values[test->slot].kind == NOT_READ)
        return STUCK;
    return sight->values[test->slot].kind == NUMBER && sight->values[test->slot].number == 1;
}

static int
test_python(const Test *test, Sight *sight)
{
    PyObject *view = view_of(sight), *found = view == NULL ? NULL : PyObject_CallOneArg(test->python, view);
    int is_true = found == NULL ? STUCK : PyObject_IsTrue(found);
    Py_XDECREF(found);
    return is_true;
}

/* Tell whether it is true of the moment: 1 or 0, or STUCK. */
int
test_true(const Test *test, Sight *sight)
{
    PyObject *fact;
    switch (test->kind) {
    case STEPS:
        return test_steps(test, sight);
    case SIGNAL:
        return PyUnicode_Compare(sight->step->name, test->python) == 0;
    case PAGE:
    case WHO:
        return fact_at(sight, test->kind == WHO, test->number, test->python, 0, &fact) < 0 ? STUCK : fact == Py_True;
    case ALL:
    case ANY:
    case NOT:
        return test_parts(test, sight);
    case PYTHON:
        return test_python(test, sight);
    default:
        return test_number(test, sight);
    }
}
