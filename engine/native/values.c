/* The values that Redis answered, a JSON list in the order of a plan's words, and what else a moment is made of. */
#include "rules.h"

#define MOST_TRAILS 65536
#define MOST_DIGITS 15

/* Kept from judgement to judgement; the interpreter's lock keeps them ours. */
static Value *all_values;
static int room_values;
static long long *all_trails;
static int room_trails;

static int
make_room(Sight *sight)
{
    if (sight->slots > room_values) {
        Value *grown = PyMem_Realloc(all_values, (size_t)sight->slots * sizeof(Value));
        if (grown == NULL) {
            PyErr_NoMemory();
            return STUCK;
        }
        all_values = grown;
        room_values = sight->slots;
    }
    memset(all_values, 0, (size_t)sight->slots * sizeof(Value));
    sight->values = all_values;
    sight->n_trails = 0;
    return 0;
}

static int
keep_in_trail(Sight *sight, long long number)
{
    if (sight->n_trails == room_trails) {
        int wanted = room_trails * 2 + 256;
        long long *grown = wanted > MOST_TRAILS * 2 ? NULL : PyMem_Realloc(all_trails, (size_t)wanted * sizeof(long long));
        if (grown == NULL)
            return STUCK;
        all_trails = grown;
        room_trails = wanted;
    }
    all_trails[sight->n_trails++] = number;
    return 0;
}

/* Read a whole number of at most 15 digits; NULL where there is none. */
static const char *
read_whole(const char *at, const char *end, long long *number)
{
    const char *begin = at;
    long long found = 0;
    while (at < end && *at >= '0' && *at <= '9' && at - begin <= MOST_DIGITS)
        found = found * 10 + (*at++ - '0');
    *number = found;
    return at > begin && at - begin <= MOST_DIGITS ? at : NULL;
}

/* Read a list of whole numbers; NULL where it is anything else. */
static const char *
read_trail(Sight *sight, const char *at, const char *end, Value *value)
{
    value->kind = TRAIL;
    value->at = sight->n_trails;
    if (at < end && *at == ']')
        return at + 1;
    for (;;) {
        long long number;
        at = read_whole(at, end, &number);
        if (at == NULL || at == end || keep_in_trail(sight, number) < 0)
            return NULL;
        value->size++;
        if (*at == ']')
            return at + 1;
        if (*at++ != ',')
            return NULL;
    }
}

static const char *
read_number(const char *at, const char *end, Value *value)
{
    char text[40], *stopped;
    int size = 0;
    while (at < end && *at != ',' && *at != ']' && size < 39)
        text[size++] = *at++;
    text[size] = 0;
    value->kind = NUMBER;
    long long whole;
    if (size < 16 && read_whole(text, text + size, &whole) == text + size) {
        value->number = (double)whole;
        return at;
    }
    value->number = PyOS_string_to_double(text, &stopped, NULL);
    if (value->number == -1.0 && PyErr_Occurred())
        PyErr_Clear();
    return size && stopped == text + size ? at : NULL;
}

/* Read the values by the slots of the plan. STUCK without an exception where one is neither number nor trail. */
int
values_read(Sight *sight, PyObject *plan_slots)
{
    if (make_room(sight) < 0 || !PyBytes_CheckExact(sight->said) || !PyTuple_CheckExact(plan_slots))
        return STUCK;
    const char *at = PyBytes_AS_STRING(sight->said), *end = at + PyBytes_GET_SIZE(sight->said);
    Py_ssize_t size = PyTuple_GET_SIZE(plan_slots);
    if (at == end || *at++ != '[')
        return STUCK;
    for (Py_ssize_t n = 0; n < size; n++) {
        long slot = PyLong_AsLong(PyTuple_GET_ITEM(plan_slots, n));
        if (slot < 0 || slot >= sight->slots || (n && (at == end || *at++ != ',')) || at == end)
            return STUCK;
        Value *value = &sight->values[slot];
        value->size = 0;
        at = *at == '[' ? read_trail(sight, at + 1, end, value) : read_number(at, end, value);
        if (at == NULL)
            return STUCK;
    }
    sight->trails = all_trails;
    return at + 1 == end && *at == ']' ? 0 : STUCK;
}

/* Return a counter's value; STUCK where it was not asked for, or is no number. */
int
number_at(const Sight *sight, int slot, double *number)
{
    if (slot < 0 || slot >= sight->slots || sight->values[slot].kind != NUMBER)
        return STUCK;
    *number = sight->values[slot].number;
    return 0;
}

/* Return the view of the moment, borrowed, as closures of Python take it. */
PyObject *
view_of(Sight *sight)
{
    if (sight->view == NULL) {
        PyObject *now = PyLong_FromLongLong(sight->now);
        sight->view = now == NULL ? NULL
                                  : PyObject_CallMethodObjArgs(sight->book->maker, NAMES.make_view,
                                                               (PyObject *)sight->step, sight->said, now, NULL);
        Py_XDECREF(now);
    }
    return sight->view;
}

/* Return for how long the session has been going on, ms. */
int
age_of(Sight *sight, double *age)
{
    if (sight->age < 0) {
        PyObject *started = PyObject_GetAttr(sight->tab->who, NAMES.session_started_ms);
        long long at = started == NULL ? -1 : PyLong_AsLongLong(started);
        Py_XDECREF(started);
        if (at < 0 || sight->now < at)
            return STUCK;
        sight->age = (double)(sight->now - at);
    }
    *age = sight->age;
    return 0;
}

/* Compare as the operators of engine/core/usual_rules.py, by their number. */
int
compare(int operator, double found, double expected)
{
    switch (operator) {
    case 0:
        return found == expected;
    case 1:
        return found != expected;
    case 2:
        return found > expected;
    case 3:
        return found >= expected;
    case 4:
        return found < expected;
    default:
        return found <= expected;
    }
}
