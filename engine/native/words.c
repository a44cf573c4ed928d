/*
 * The words of a Redis command, written as the protocol (RESP) has them: $5\r\nFCALL\r\n.
 *
 * Twins of packed_words and packed_call: twin.py.
 */
#include "hot.h"

/* Kept from call to call: commands are short, and the interpreter's lock keeps it ours. */
static Words shared;

int
words_need(Words *to, Py_ssize_t more)
{
    more += 32;
    if (to->used + more <= to->room)
        return 0;
    Py_ssize_t wanted = (to->used + more) * 2 + 1024;
    char *grown = PyMem_Realloc(to->text, (size_t)wanted);
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    to->text = grown;
    to->room = wanted;
    return 0;
}

int
words_add(Words *to, const char *text, Py_ssize_t size)
{
    if (words_need(to, size) < 0)
        return -1;
    memcpy(to->text + to->used, text, (size_t)size);
    to->used += size;
    return 0;
}

int
digits_into(char *to, unsigned long long number)
{
    char digits[20];
    int n = 0, size = 0;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    while (n)
        to[size++] = digits[--n];
    return size;
}

void
words_digits(Words *to, unsigned long long number)
{
    if (number < 10) /* most are: lengths of words, and ones */
        to->text[to->used++] = (char)('0' + number);
    else
        to->used += digits_into(to->text + to->used, number);
}

void
words_end(Words *to)
{
    to->text[to->used++] = '\r';
    to->text[to->used++] = '\n';
}

void
words_bulk(Words *to, const char *text, Py_ssize_t size)
{
    to->text[to->used++] = '$';
    words_digits(to, (unsigned long long)size);
    words_end(to);
    memcpy(to->text + to->used, text, (size_t)size);
    to->used += size;
    words_end(to);
}

int
words_number(Words *to, long long number)
{
    unsigned long long size = number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
    unsigned long long rest = size;
    int digits = number < 0;
    do {
        digits++;
        rest /= 10;
    } while (rest);
    if (words_need(to, 32) < 0)
        return -1;
    to->text[to->used++] = '$';
    words_digits(to, (unsigned long long)digits);
    words_end(to);
    if (number < 0)
        to->text[to->used++] = '-';
    words_digits(to, size);
    words_end(to);
    return 0;
}

static int
add_text(Words *to, const char *text, Py_ssize_t size)
{
    if (words_need(to, size) < 0)
        return -1;
    words_bulk(to, text, size);
    return 0;
}

static int
add_word(Words *to, PyObject *word)
{
    Py_ssize_t size;
    if (PyUnicode_CheckExact(word)) {
        const char *text = PyUnicode_AsUTF8AndSize(word, &size);
        return text == NULL ? -1 : add_text(to, text, size);
    }
    if (PyBytes_CheckExact(word))
        return add_text(to, PyBytes_AS_STRING(word), PyBytes_GET_SIZE(word));
    if (PyLong_CheckExact(word)) {
        int overflow;
        long long number = PyLong_AsLongLongAndOverflow(word, &overflow);
        if (number == -1 && PyErr_Occurred())
            return -1;
        if (!overflow)
            return words_number(to, number);
    }
    PyObject *said = PyObject_Str(word);
    if (said == NULL)
        return -1;
    const char *text = PyUnicode_AsUTF8AndSize(said, &size);
    int done = text == NULL ? -1 : add_text(to, text, size);
    Py_DECREF(said);
    return done;
}

static int
add_words(Words *to, PyObject *words)
{
    if (!PyList_CheckExact(words) && !PyTuple_CheckExact(words)) {
        PyErr_SetString(PyExc_TypeError, "words are a list or a tuple");
        return -1;
    }
    for (Py_ssize_t n = 0; n < PySequence_Fast_GET_SIZE(words); n++) {
        if (add_word(to, PySequence_Fast_GET_ITEM(words, n)) < 0)
            return -1;
    }
    return 0;
}

static int
add_packed(Words *to, PyObject *packed)
{
    char *text;
    Py_ssize_t size;
    return PyBytes_AsStringAndSize(packed, &text, &size) < 0 ? -1 : words_add(to, text, size);
}

PyObject *
packed_words(PyObject *Py_UNUSED(module), PyObject *words)
{
    shared.used = 0;
    return add_words(&shared, words) < 0 ? NULL : PyBytes_FromStringAndSize(shared.text ? shared.text : "", shared.used);
}

PyObject *
packed_call(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
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
    shared.used = 0;
    if (words < 0 || words_need(&shared, 32) < 0)
        return NULL;
    shared.text[shared.used++] = '*';
    words_digits(&shared, (unsigned long long)(count + words));
    words_end(&shared);
    if (add_packed(&shared, args[1]) < 0 || add_words(&shared, args[2]) < 0 || add_packed(&shared, args[3]) < 0)
        return NULL;
    return PyBytes_FromStringAndSize(shared.text, shared.used);
}
