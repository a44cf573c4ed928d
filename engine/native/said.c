/*
 * A frame of the usual form, looked through without making a Python object of it.
 *
 * The usual form is what the snippet writes: {"type":"event","seq":18,"name":"scroll","data":{"percent":50}}, these
 * keys in this order, no spaces. Everything here reads a text of known size and never past its end. It is stricter
 * than JSON, never laxer: what it takes, engine/core/wire.py and event_data.py take too and read alike; what it does
 * not take (an escape in a text, say, or a number with an exponent) they look at.
 */
#include "hot.h"

static const char BEGIN[] = "{\"type\":\"event\",\"seq\":", THEN_NAME[] = ",\"name\":\"", THEN_DATA[] = "\",\"data\":";

#define SIZE_OF(text) ((Py_ssize_t)sizeof(text) - 1)
#define MOST_DIGITS 16

/* Where reading is, and where the text ends. */
typedef struct {
    const unsigned char *at, *end;
} Reader;

static int
skip(Reader *from, const char *text, Py_ssize_t size)
{
    if (from->end - from->at < size || memcmp(from->at, text, (size_t)size) != 0)
        return 0;
    from->at += size;
    return 1;
}

static int
skip_one(Reader *from, unsigned char letter)
{
    if (from->at == from->end || *from->at != letter)
        return 0;
    from->at++;
    return 1;
}

static int
is_digit(const Reader *from)
{
    return from->at < from->end && *from->at >= '0' && *from->at <= '9';
}

/* Read a whole number without a sign, of at most 16 digits. */
static int
read_whole(Reader *from, long long *number)
{
    const unsigned char *begin = from->at;
    long long found = 0;
    while (is_digit(from) && from->at - begin < MOST_DIGITS)
        found = found * 10 + (*from->at++ - '0');
    *number = found;
    return from->at > begin && !is_digit(from) && !(*begin == '0' && from->at - begin > 1);
}

int
said_read(const char *frame, Py_ssize_t size, Said *said)
{
    Reader from = {(const unsigned char *)frame, (const unsigned char *)frame + size};
    if (size > LONGEST_FRAME || !skip(&from, BEGIN, SIZE_OF(BEGIN)) || !read_whole(&from, &said->seq)
        || said->seq < 1 || said->seq > LARGEST_SEQ || !skip(&from, THEN_NAME, SIZE_OF(THEN_NAME)))
        return 0;
    said->name = (const char *)from.at;
    while (from.at < from.end && ((*from.at >= 'a' && *from.at <= 'z') || *from.at == '_' || is_digit(&from)))
        from.at++;
    said->name_size = (const char *)from.at - said->name;
    if (said->name_size < 1 || said->name_size > LONGEST_NAME || *said->name < 'a')
        return 0;
    said->data = NULL;
    said->data_size = 0;
    if (from.end - from.at == 2)
        return skip(&from, "\"}", 2);
    if (!skip(&from, THEN_DATA, SIZE_OF(THEN_DATA)) || from.at == from.end || from.end[-1] != '}')
        return 0;
    said->data = (const char *)from.at;
    said->data_size = (const char *)from.end - 1 - said->data;
    return 1;
}

int
said_nothing(const Said *said)
{
    return said->data == NULL || (said->data_size == 2 && memcmp(said->data, "{}", 2) == 0);
}

int
said_measure(const Said *said, const char *key, long long most, long long *value)
{
    Reader from = {(const unsigned char *)said->data, (const unsigned char *)said->data + said->data_size};
    return said->data != NULL && skip(&from, "{\"", 2) && skip(&from, key, (Py_ssize_t)strlen(key))
           && skip(&from, "\":", 2) && read_whole(&from, value) && *value <= most && skip_one(&from, '}')
           && from.at == from.end;
}

/* Skip what follows the first byte of a letter that is no ASCII; 0 where it is no UTF-8. */
static int
skip_rest_of_letter(Reader *from, unsigned char first)
{
    int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || from->end - from->at < more)
        return 0;
    unsigned char second = *from->at;
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90)
        || (first == 0xF4 && second > 0x8F))
        return 0;
    while (more--) {
        if ((*from->at++ & 0xC0) != 0x80)
            return 0;
    }
    return 1;
}

/* Skip a text of at most so many letters, its quotes included. */
static int
skip_text(Reader *from, int most)
{
    if (!skip_one(from, '"'))
        return 0;
    while (from->at < from->end) {
        unsigned char letter = *from->at++;
        if (letter == '"')
            return 1;
        if (letter < 0x20 || letter == '\\' || --most < 0)
            return 0;
        if (letter >= 0x80 && !skip_rest_of_letter(from, letter))
            return 0;
    }
    return 0;
}

/* Skip a key and the colon behind it; ``key`` and ``size`` tell which one it was. */
static int
skip_key(Reader *from, const char **key, Py_ssize_t *size)
{
    if (!skip_one(from, '"'))
        return 0;
    *key = (const char *)from->at;
    for (; from->at < from->end && *from->at != '"'; from->at++) {
        unsigned char c = *from->at;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
            continue;
        if ((const char *)from->at == *key || !((c >= '0' && c <= '9') || c == '-'))
            return 0;
    }
    *size = (const char *)from->at - *key;
    return *size >= 1 && *size <= LONGEST_KEY && skip(from, "\":", 2);
}

/* Skip a number: without an exponent, and of at most 15 digits before the point, so that it is less than 1e15. */
static int
skip_number(Reader *from, int may_be_negative)
{
    if (may_be_negative && from->at < from->end && *from->at == '-')
        from->at++;
    const unsigned char *begin = from->at;
    while (is_digit(from))
        from->at++;
    Py_ssize_t digits = from->at - begin;
    if (digits < 1 || digits >= MOST_DIGITS || (*begin == '0' && digits > 1))
        return 0;
    if (!skip_one(from, '.'))
        return 1;
    begin = from->at;
    while (is_digit(from))
        from->at++;
    return from->at > begin && from->at - begin <= MOST_DIGITS;
}

static int
skip_value(Reader *from)
{
    if (from->at == from->end)
        return 0;
    switch (*from->at) {
    case '"':
        return skip_text(from, LONGEST_VALUE);
    case 't':
        return skip(from, "true", 4);
    case 'f':
        return skip(from, "false", 5);
    case 'n':
        return skip(from, "null", 4);
    default:
        return skip_number(from, 1);
    }
}

static int
skip_flat(Reader *from, int most)
{
    const char *key;
    Py_ssize_t size;
    if (!skip_one(from, '{'))
        return 0;
    if (skip_one(from, '}'))
        return 1;
    do {
        if (--most < 0 || !skip_key(from, &key, &size) || !skip_value(from))
            return 0;
    } while (skip_one(from, ','));
    return skip_one(from, '}');
}

static int
skip_items(Reader *from)
{
    int most = MOST_ITEMS;
    if (!skip_one(from, '['))
        return 0;
    if (skip_one(from, ']'))
        return 1;
    do {
        if (--most < 0 || !skip_flat(from, MOST_ITEM_KEYS))
            return 0;
    } while (skip_one(from, ','));
    return skip_one(from, ']');
}

static int
skip_currency(Reader *from)
{
    const unsigned char *begin = from->at + 1;
    if (!skip_text(from, 3) || from->at - begin != 4)
        return 0;
    for (int n = 0; n < 3; n++) {
        unsigned char c = begin[n] | 0x20;
        if (c < 'a' || c > 'z')
            return 0;
    }
    return 1;
}

/* Skip what an event of GA4's vocabulary says under a key. */
static int
skip_commerce(Reader *from, const char *key, Py_ssize_t size)
{
    if (size == 5 && memcmp(key, "items", 5) == 0)
        return skip_items(from);
    if (size == 5 && memcmp(key, "value", 5) == 0)
        return skip_number(from, 0);
    if (size == 8 && memcmp(key, "currency", 8) == 0)
        return skip_currency(from);
    return skip_value(from);
}

int
said_flat(const Said *said, int most, int is_commerce)
{
    if (said_nothing(said))
        return 1;
    Reader from = {(const unsigned char *)said->data, (const unsigned char *)said->data + said->data_size};
    const char *key;
    Py_ssize_t size;
    if (!skip_one(&from, '{'))
        return 0;
    do {
        if (--most < 0 || !skip_key(&from, &key, &size)
            || !(is_commerce ? skip_commerce(&from, key, size) : skip_value(&from)))
            return 0;
    } while (skip_one(&from, ','));
    return skip_one(&from, '}') && from.at == from.end;
}

/* For tests: (seq, name, whether it is flat, whether it is GA4's), or None for a frame of no usual form. */
PyObject *
usual_data(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    Said said;
    if (nargs != 1 || !PyBytes_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "usual_data takes a frame");
        return NULL;
    }
    if (!said_read(PyBytes_AS_STRING(args[0]), PyBytes_GET_SIZE(args[0]), &said))
        Py_RETURN_NONE;
    long long ms = -1;
    int measured = said_measure(&said, "ms", LONGEST_MS, &ms);
    return Py_BuildValue("(Ls#iiL)", said.seq, said.name, said.name_size, said_flat(&said, MOST_KEYS, 0),
                         said_flat(&said, MOST_ITEM_KEYS, 1), measured ? ms : -1LL);
}
