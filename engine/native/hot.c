/*
 * What is left of an event's cost once everything else is compiled: looking at every word of it.
 *
 * Two things, each with a twin in twin.py that says the same in Python and is the reference: the words of a Redis
 * command are written as the protocol (RESP) has them, and flat JSON objects are looked through for anything odd.
 * Neither knows what the words mean. An oddity is only told, never explained: the Python code behind
 * engine/core/event_checks.py finds the sentence.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <string.h>

/* The limits of engine/core/event_checks.py; tests hold them together. */
#define LONGEST_VALUE 256
#define LONGEST_KEY 64
#define LARGEST_NUMBER 1e15

/* A buffer that is kept from call to call: commands are short, and the interpreter's lock keeps it ours. */
static char *buffer;
static Py_ssize_t room, used;

static int
make_room(Py_ssize_t more)
{
    if (used + more <= room)
        return 0;
    Py_ssize_t wanted = (used + more) * 2 + 1024;
    char *grown = PyMem_Realloc(buffer, wanted);
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    buffer = grown;
    room = wanted;
    return 0;
}

static void
write_number(unsigned long long number)
{
    char digits[20];
    int n = 0;
    if (number < 10) { /* most are: lengths of words, and ones */
        buffer[used++] = (char)('0' + number);
        return;
    }
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    while (n)
        buffer[used++] = digits[--n];
}

static void
write_end(void)
{
    buffer[used++] = '\r';
    buffer[used++] = '\n';
}

static int
write_text(const char *text, Py_ssize_t size)
{
    if (make_room(size + 32) < 0)
        return -1;
    buffer[used++] = '$';
    write_number((unsigned long long)size);
    write_end();
    memcpy(buffer + used, text, (size_t)size);
    used += size;
    write_end();
    return 0;
}

static int
write_long(long long number)
{
    unsigned long long size = number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
    unsigned long long rest = size;
    int digits = number < 0;
    do {
        digits++;
        rest /= 10;
    } while (rest);
    if (make_room(64) < 0)
        return -1;
    buffer[used++] = '$';
    write_number((unsigned long long)digits);
    write_end();
    if (number < 0)
        buffer[used++] = '-';
    write_number(size);
    write_end();
    return 0;
}

static int
write_word(PyObject *word)
{
    Py_ssize_t size;
    if (PyUnicode_CheckExact(word)) {
        const char *text = PyUnicode_AsUTF8AndSize(word, &size);
        return text == NULL ? -1 : write_text(text, size);
    }
    if (PyBytes_CheckExact(word)) {
        char *text;
        return PyBytes_AsStringAndSize(word, &text, &size) < 0 ? -1 : write_text(text, size);
    }
    if (PyLong_CheckExact(word)) {
        int overflow;
        long long number = PyLong_AsLongLongAndOverflow(word, &overflow);
        if (number == -1 && PyErr_Occurred())
            return -1;
        if (!overflow)
            return write_long(number);
    }
    PyObject *said = PyObject_Str(word);
    if (said == NULL)
        return -1;
    const char *text = PyUnicode_AsUTF8AndSize(said, &size);
    int done = text == NULL ? -1 : write_text(text, size);
    Py_DECREF(said);
    return done;
}

static int
write_words(PyObject *words)
{
    int is_list = PyList_CheckExact(words);
    if (!is_list && !PyTuple_CheckExact(words)) {
        PyErr_SetString(PyExc_TypeError, "words are a list or a tuple");
        return -1;
    }
    Py_ssize_t size = is_list ? PyList_Size(words) : PyTuple_Size(words);
    for (Py_ssize_t n = 0; n < size; n++) {
        if (write_word(is_list ? PyList_GetItem(words, n) : PyTuple_GetItem(words, n)) < 0)
            return -1;
    }
    return 0;
}

static int
write_packed(PyObject *packed)
{
    char *text;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(packed, &text, &size) < 0 || make_room(size) < 0)
        return -1;
    memcpy(buffer + used, text, (size_t)size);
    used += size;
    return 0;
}

PyDoc_STRVAR(packed_words_doc, "packed_words(words)\n--\n\nSee engine/native/twin.py.");

static PyObject *
packed_words(PyObject *module, PyObject *words)
{
    used = 0;
    return write_words(words) < 0 ? NULL : PyBytes_FromStringAndSize(buffer ? buffer : "", used);
}

PyDoc_STRVAR(packed_call_doc, "packed_call(count, head, words, tail)\n--\n\nSee engine/native/twin.py.");

static PyObject *
packed_call(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 4) {
        PyErr_SetString(PyExc_TypeError, "packed_call takes count, head, words and tail");
        return NULL;
    }
    Py_ssize_t count = PyLong_AsSsize_t(args[0]);
    if (count < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "count is negative");
        return NULL;
    }
    Py_ssize_t words = PySequence_Size(args[2]);
    used = 0;
    if (words < 0 || make_room(32) < 0)
        return NULL;
    buffer[used++] = '*';
    write_number((unsigned long long)(count + words));
    write_end();
    if (write_packed(args[1]) < 0 || write_words(args[2]) < 0 || write_packed(args[3]) < 0)
        return NULL;
    return PyBytes_FromStringAndSize(buffer, used);
}

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

PyDoc_STRVAR(is_sound_doc, "is_sound(data, most, but)\n--\n\nSee engine/native/twin.py.");

static PyObject *
is_sound(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
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

PyDoc_STRVAR(are_sound_doc, "are_sound(items, most)\n--\n\nSee engine/native/twin.py.");

static PyObject *
are_sound(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
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

static PyMethodDef methods[] = {
    {"packed_words", packed_words, METH_O, packed_words_doc},
    {"packed_call", (PyCFunction)(void (*)(void))packed_call, METH_FASTCALL, packed_call_doc},
    {"is_sound", (PyCFunction)(void (*)(void))is_sound, METH_FASTCALL, is_sound_doc},
    {"are_sound", (PyCFunction)(void (*)(void))are_sound, METH_FASTCALL, are_sound_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef hot = {
    PyModuleDef_HEAD_INIT, "engine.native.hot", "See engine/native/__init__.py.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit_hot(void)
{
    return PyModule_Create(&hot);
}
