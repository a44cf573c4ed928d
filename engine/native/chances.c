/* What a rule waits for, read from the tuples of engine/core/usual_moments.py. */
#include "chances.h"

static const char *const KIND_NAMES[KINDS] = {"every", "some", "always", "if", "measure", "nothing", "python"};
static const char *const SOURCE_NAMES[] = {"slot", "since", "age"};
static const char *const RISES_NAMES[] = {"always", "kind", "product", "category"};
const char *const MOMENT_WORDS[MOMENT_NAMES] = {
    "page_dwell", "scroll", "idle", "wake", "exit_intent", "tab_return", "copy",
};

/* Return the place of a name in a list of names, -1 with an exception where it is not there. */
int
chance_among(PyObject *name, const char *const *names, int size)
{
    const char *text = PyUnicode_AsUTF8(name);
    for (int n = 0; text != NULL && n < size; n++) {
        if (strcmp(text, names[n]) == 0)
            return n;
    }
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "a word that is not known: %R", name);
    return -1;
}

static int
read_moments(PyObject *told, Chance *chance)
{
    PyObject *name;
    chance->n_fixed = PyTuple_Check(told) ? (int)PyTuple_GET_SIZE(told) : 3;
    if (chance->n_fixed > 2) {
        PyErr_SetString(PyExc_ValueError, "too many moments");
        return -1;
    }
    for (int n = 0; n < chance->n_fixed; n++) {
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(told, n), "OL", &name, &chance->fixed[n].value))
            return -1;
        int found = chance_among(name, MOMENT_WORDS, MOMENT_NAMES);
        if (found < 0)
            return -1;
        chance->fixed[n].name = found;
    }
    return 0;
}

static int
read_flips(PyObject *told, Chance *chance)
{
    chance->n_flips = PyList_Check(told) ? (int)PyList_GET_SIZE(told) : MOST_FLIPS + 1;
    if (chance->n_flips > MOST_FLIPS) {
        PyErr_SetString(PyExc_ValueError, "too many flips");
        return -1;
    }
    for (int n = 0; n < chance->n_flips; n++) {
        if (!PyArg_ParseTuple(PyList_GET_ITEM(told, n), "dp", &chance->flips[n].at, &chance->flips[n].becomes))
            return -1;
    }
    return 0;
}

static int
read_measure(PyObject *told, Chance *chance)
{
    PyObject *kind, *source, *source_name, *flips, *name, *rises, *rises_name, *moments;
    if (!PyArg_ParseTuple(told, "OO!pOOO!iiiO", &kind, &PyTuple_Type, &source, &chance->before, &flips, &name,
                          &PyTuple_Type, &rises, &chance->ahead, &chance->page_dwell, &chance->state, &moments)
        || !PyArg_ParseTuple(source, "Oi", &source_name, &chance->slot)
        || !PyArg_ParseTuple(rises, "O|O", &rises_name, &chance->page_kind))
        return -1;
    Py_XINCREF(chance->page_kind);
    chance->source = chance_among(source_name, SOURCE_NAMES, 3);
    chance->name = chance_among(name, MOMENT_WORDS, MOMENT_NAMES);
    chance->rises = chance_among(rises_name, RISES_NAMES, 4);
    if (chance->source < 0 || chance->name < 0 || chance->rises < 0 || read_flips(flips, chance) < 0)
        return -1;
    return read_moments(moments, chance);
}

static int
read_parts(PyObject *told, Chance *chance)
{
    PyObject *kind, *parts;
    if (!PyArg_ParseTuple(told, "OO!", &kind, &PyList_Type, &parts))
        return -1;
    if (PyList_GET_SIZE(parts) > MOST_PARTS) {
        PyErr_SetString(PyExc_ValueError, "too many parts");
        return -1;
    }
    for (; chance->n_parts < PyList_GET_SIZE(parts); chance->n_parts++) {
        if (chance_read(PyList_GET_ITEM(parts, chance->n_parts), &chance->parts[chance->n_parts]) < 0)
            return -1;
    }
    return 0;
}

static int
read_fields(PyObject *told, Chance *chance)
{
    PyObject *kind, *test, *moments;
    switch (chance->kind) {
    case EVERY:
    case SOME:
        return read_parts(told, chance);
    case ALWAYS:
        return PyArg_ParseTuple(told, "OiO", &kind, &chance->state, &moments) ? read_moments(moments, chance) : -1;
    case IF:
        if (!PyArg_ParseTuple(told, "OOpiO", &kind, &test, &chance->opposite, &chance->state, &moments))
            return -1;
        return test_read(test, &chance->test) < 0 ? -1 : read_moments(moments, chance);
    case MEASURE:
        return read_measure(told, chance);
    case PYTHON:
        if (!PyArg_ParseTuple(told, "OO", &kind, &chance->python))
            return -1;
        Py_INCREF(chance->python);
        return 0;
    default:
        return 0;
    }
}

/* Read a chance from its tuple. */
int
chance_read(PyObject *told, Chance **made)
{
    *made = NULL;
    int kind = PyTuple_Check(told) && PyTuple_GET_SIZE(told) ? chance_among(PyTuple_GET_ITEM(told, 0), KIND_NAMES, KINDS) : -1;
    Chance *chance = kind < 0 ? NULL : PyMem_Calloc(1, sizeof(Chance));
    if (chance == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a chance is a tuple");
        return -1;
    }
    chance->kind = kind;
    *made = chance;
    if (read_fields(told, chance) == 0)
        return 0;
    chance_forget(chance);
    *made = NULL;
    return -1;
}

void
chance_forget(Chance *chance)
{
    if (chance == NULL)
        return;
    for (int n = 0; n < MOST_PARTS; n++)
        chance_forget(chance->parts[n]);
    test_forget(&chance->test);
    Py_XDECREF(chance->python);
    Py_XDECREF(chance->page_kind);
    PyMem_Free(chance);
}
