/*
 * Flat JSON objects are looked through for anything odd. Twins: is_sound and are_sound in twin.py.
 *
 * An oddity is only told, never explained: the Python code behind engine/core/event_checks.py finds the sentence.
 */
#include "hot.h"

static int
is_sound_text(PyObject *text, Py_ssize_t longest)
{
    Py_ssize_t size;
    if (PyUnicode_GetLength(text) > longest)
        return 0;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (bytes == NULL) {
        PyErr_Clear();
        return 0;
    }
    return memchr(bytes, 0, (size_t)size) == NULL;
}

static int
is_sound_key(PyObject *key)
{
    Py_ssize_t size;
    const char *text = PyUnicode_CheckExact(key) ? PyUnicode_AsUTF8AndSize(key, &size) : NULL;
    if (text == NULL) {
        PyErr_Clear();
        return 0;
    }
    if (size == 0 || size > LONGEST_KEY)
        return 0;
    for (Py_ssize_t n = 0; n < size; n++) {
        char c = text[n];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
            continue;
        if (n == 0 || !((c >= '0' && c <= '9') || c == '-'))
            return 0;
    }
    return 1;
}

static int
is_sound_value(PyObject *value)
{
    if (PyUnicode_CheckExact(value))
        return is_sound_text(value, LONGEST_VALUE);
    if (value == Py_None || value == Py_True || value == Py_False)
        return 1;
    double number;
    if (PyFloat_CheckExact(value))
        number = PyFloat_AsDouble(value);
    else if (PyLong_CheckExact(value)) {
        number = PyLong_AsDouble(value);
        if (number == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return 0;
        }
    }
    else
        return 0;
    return -LARGEST_NUMBER <= number && number <= LARGEST_NUMBER;
}

static int
is_flat(PyObject *data, Py_ssize_t most, PyObject *but)
{
    PyObject *key, *value;
    Py_ssize_t at = 0, keys = 0;
    if (!PyDict_CheckExact(data))
        return 0;
    while (PyDict_Next(data, &at, &key, &value)) {
        if (but != NULL && (key == but || PyUnicode_Compare(key, but) == 0))
            continue;
        if (++keys > most || !is_sound_value(value) || !is_sound_key(key))
            return 0;
    }
    return 1;
}

PyObject *
is_sound(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 3 || !PyUnicode_Check(args[2])) {
        PyErr_SetString(PyExc_TypeError, "is_sound takes data, most and the key that is left out");
        return NULL;
    }
    Py_ssize_t most = PyLong_AsSsize_t(args[1]);
    if (most == -1 && PyErr_Occurred())
        return NULL;
    return PyBool_FromLong(is_flat(args[0], most, PyUnicode_GetLength(args[2]) ? args[2] : NULL));
}

PyObject *
are_sound(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 2 || !PyList_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "are_sound takes a list and the most keys of each");
        return NULL;
    }
    Py_ssize_t most = PyLong_AsSsize_t(args[1]);
    if (most == -1 && PyErr_Occurred())
        return NULL;
    int sound = 1;
    for (Py_ssize_t n = 0; sound && n < PyList_Size(args[0]); n++)
        sound = is_flat(PyList_GetItem(args[0], n), most, NULL);
    return PyBool_FromLong(sound);
}
