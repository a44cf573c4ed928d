/*
 * What an event changes, packed once, with holes for the number that differs from event to event.
 *
 * Python code makes it (engine/core/usual.py) of the very words that it would send; nothing here knows what they mean.
 */
#include "hot.h"

PyTypeObject *Recipe_Type;

static void
recipe_free(PyObject *self)
{
    Recipe *recipe = (Recipe *)self;
    PyTypeObject *type = Py_TYPE(self);
    for (Py_ssize_t n = 0; n < Py_SIZE(recipe); n++) {
        Py_XDECREF(recipe->part[n].text);
        Py_XDECREF(recipe->part[n].behind);
    }
    type->tp_free(self);
    Py_DECREF(type);
}

/* A part is words that are packed (bytes), or a word with a hole: what stands before it, and what behind it. */
static int
set_part(struct part *part, PyObject *said)
{
    if (PyBytes_Check(said)) {
        part->text = Py_NewRef(said);
        return 0;
    }
    if (!PyTuple_Check(said) || PyTuple_GET_SIZE(said) != 2 || !PyBytes_Check(PyTuple_GET_ITEM(said, 0))
        || !PyBytes_Check(PyTuple_GET_ITEM(said, 1))) {
        PyErr_SetString(PyExc_TypeError, "a part is bytes, or the bytes before and behind a hole");
        return -1;
    }
    part->text = Py_NewRef(PyTuple_GET_ITEM(said, 0));
    part->behind = Py_NewRef(PyTuple_GET_ITEM(said, 1));
    return 0;
}

static PyObject *
recipe_make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    Py_ssize_t words;
    PyObject *parts;
    if (!PyArg_ParseTuple(args, "nO!:Recipe", &words, &PyList_Type, &parts))
        return NULL;
    Recipe *recipe = (Recipe *)type->tp_alloc(type, PyList_GET_SIZE(parts));
    if (recipe == NULL)
        return NULL;
    recipe->words = words;
    for (Py_ssize_t n = 0; n < Py_SIZE(recipe); n++) {
        if (set_part(&recipe->part[n], PyList_GET_ITEM(parts, n)) < 0) {
            Py_DECREF(recipe);
            return NULL;
        }
    }
    return (PyObject *)recipe;
}

/* Write the words, with the number in all holes. */
int
recipe_write(const Recipe *recipe, long long number, Words *to)
{
    char digits[24];
    int size = -1;
    for (Py_ssize_t n = 0; n < Py_SIZE(recipe); n++) {
        const struct part *part = &recipe->part[n];
        Py_ssize_t before = PyBytes_GET_SIZE(part->text);
        if (part->behind == NULL) {
            if (words_add(to, PyBytes_AS_STRING(part->text), before) < 0)
                return -1;
            continue;
        }
        if (size < 0)
            size = PyOS_snprintf(digits, sizeof digits, "%lld", number);
        Py_ssize_t behind = PyBytes_GET_SIZE(part->behind);
        if (words_need(to, before + size + behind + 32) < 0)
            return -1;
        to->text[to->used++] = '$';
        words_digits(to, (unsigned long long)(before + size + behind));
        words_end(to);
        words_add(to, PyBytes_AS_STRING(part->text), before);
        words_add(to, digits, size);
        words_add(to, PyBytes_AS_STRING(part->behind), behind);
        words_end(to);
    }
    return 0;
}

/* For tests: the words with a number in the holes. */
static PyObject *
recipe_with(PyObject *self, PyObject *number)
{
    Words to = {NULL, 0, 0};
    long long value = PyLong_AsLongLong(number);
    PyObject *words = NULL;
    if (!(value == -1 && PyErr_Occurred()) && words_need(&to, 0) == 0 && recipe_write((Recipe *)self, value, &to) == 0)
        words = PyBytes_FromStringAndSize(to.text, to.used);
    PyMem_Free(to.text);
    return words;
}

static PyMethodDef methods[] = {
    {"words_with", recipe_with, METH_O, "words_with(number)\n--\n\nReturn the words, packed, with the number in all holes."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"words", T_PYSSIZET, offsetof(Recipe, words), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, recipe_make}, {Py_tp_dealloc, recipe_free}, {Py_tp_methods, methods}, {Py_tp_members, members}, {0, NULL},
};

static PyType_Spec spec = {
    "engine.native.hot.Recipe", offsetof(Recipe, part), sizeof(struct part), Py_TPFLAGS_DEFAULT, slots,
};

PyTypeObject *
recipe_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
