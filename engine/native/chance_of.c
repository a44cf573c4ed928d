/* What a rule waits for: what the closures of engine/core/arm.py tell, which stay the reference. */
#include "chances.h"

int
add_moment(Sight *sight, int name, long long value)
{
    if (sight->n_moments == MOST_MOMENTS)
        return STUCK;
    sight->moments[sight->n_moments].name = name;
    sight->moments[sight->n_moments++].value = value;
    return 0;
}

/* Add the moments that come with a chance's own state, and return it. */
static int
settled(const Chance *chance, Sight *sight)
{
    for (int n = 0; n < chance->n_fixed; n++) {
        if (add_moment(sight, (int)chance->fixed[n].name, chance->fixed[n].value) < 0)
            return STUCK;
    }
    return chance->state;
}

/* Take over the moments that a closure of Python tells. */
static int
ask_python(const Chance *chance, Sight *sight)
{
    PyObject *view = view_of(sight), *told = view == NULL ? NULL : PyObject_CallOneArg(chance->python, view);
    int done = told == NULL ? STUCK : (int)HOLDS;
    for (Py_ssize_t n = 0; done >= 0 && PyTuple_Check(told) && n < PyTuple_GET_SIZE(told); n++) {
        PyObject *name;
        long long value;
        int found = PyArg_ParseTuple(PyTuple_GET_ITEM(told, n), "OL", &name, &value) ? chance_among(name, MOMENT_WORDS, MOMENT_NAMES) : -1;
        done = found < 0 ? STUCK : add_moment(sight, found, value) < 0 ? STUCK : done;
    }
    Py_XDECREF(told);
    return done;
}

/* A part of a chance that is made of several: its state, and where its moments lie. */
struct piece {
    int state, from, size;
};

static int
find_parts(const Chance *chance, Sight *sight, struct piece *parts)
{
    for (int n = 0; n < chance->n_parts; n++) {
        parts[n].from = sight->n_moments;
        parts[n].state = chance_state(chance->parts[n], sight);
        if (parts[n].state < 0)
            return STUCK;
        parts[n].size = sight->n_moments - parts[n].from;
        if (parts[n].state == NEVER && chance->kind == EVERY)
            return n + 1;
    }
    return chance->n_parts;
}

static int
has_measure(const Sight *sight, const struct piece *part)
{
    for (int n = part->from; n < part->from + part->size; n++) {
        long long name = sight->moments[n].name;
        if (name == M_PAGE_DWELL || name == M_SCROLL || name == M_WAKE)
            return 1;
    }
    return 0;
}

/* Leave of the moments from ``first`` on those of the parts that are marked, the marked with 1 ahead of those with 2. */
static void
keep_moments(Sight *sight, int first, const struct piece *parts, const char *marks, int size)
{
    Moment kept[MOST_MOMENTS];
    int n_kept = 0;
    for (char mark = 1; mark <= 2; mark++) {
        for (int n = 0; n < size; n++) {
            for (int at = 0; marks[n] == mark && at < parts[n].size; at++)
                kept[n_kept++] = sight->moments[parts[n].from + at];
        }
    }
    memcpy(sight->moments + first, kept, (size_t)n_kept * sizeof *kept);
    sight->n_moments = first + n_kept;
}

static int
every(const Chance *chance, Sight *sight)
{
    struct piece parts[MOST_PARTS];
    char marks[MOST_PARTS] = {0};
    int first = sight->n_moments, is_open = 0, armed = 0, measured = 0;
    int size = find_parts(chance, sight, parts);
    if (size < 0)
        return STUCK;
    for (int n = 0; n < size; n++) {
        if (parts[n].state == NEVER) {
            sight->n_moments = first;
            return NEVER;
        }
        armed += parts[n].state == ARMED;
        is_open |= parts[n].state == OPEN;
        measured |= parts[n].state == ARMED && has_measure(sight, &parts[n]);
    }
    for (int n = 0; n < size; n++) {
        if (parts[n].state != ARMED)
            marks[n] = 2;
        else if (!is_open && (!measured || has_measure(sight, &parts[n])))
            marks[n] = 1; /* a signal lasts for its moment only: it is of use when all measures have been reached */
    }
    keep_moments(sight, first, parts, marks, size);
    return is_open ? OPEN : armed ? ARMED : HOLDS;
}

static int
some(const Chance *chance, Sight *sight)
{
    struct piece parts[MOST_PARTS];
    char marks[MOST_PARTS] = {0};
    int first = sight->n_moments, size = find_parts(chance, sight, parts), state = NEVER;
    if (size < 0)
        return STUCK;
    for (int n = 0; n < size; n++)
        state = parts[n].state < state ? parts[n].state : state;
    for (int n = 0; n < size; n++)
        marks[n] = state != NEVER && (parts[n].state == state || parts[n].state == ARMED);
    keep_moments(sight, first, parts, marks, size);
    return state;
}

/* Tell whether a measure of dwell can grow while the page is shown. */
static int
can_rise(const Chance *chance, Sight *sight)
{
    PyObject *page = sight->tab->page, *found;
    if (chance->rises == RISES_ALWAYS)
        return 1;
    if (chance->rises == RISES_ON_KIND) {
        if (sight->place == NULL)
            return STUCK;
        return PyObject_RichCompareBool(sight->place->kind, chance->page_kind, Py_EQ);
    }
    found = PyObject_GetAttr(page, chance->rises == RISES_ON_PRODUCT ? NAMES.product : NAMES.category_id);
    int rises = found == NULL ? STUCK : chance->rises == RISES_ON_PRODUCT ? found != Py_None : PyObject_IsTrue(found);
    Py_XDECREF(found);
    return rises;
}

static int
source_of(const Chance *chance, Sight *sight, double *value, int *known)
{
    *known = 1;
    if (chance->source == OF_AGE)
        return age_of(sight, value);
    if (number_at(sight, chance->slot, value) < 0)
        return STUCK;
    if (chance->source == OF_SINCE) {
        *known = *value != 0;
        *value = (double)sight->now - *value;
    }
    return 0;
}

static int
measure(const Chance *chance, Sight *sight)
{
    double value, on_page = 0;
    int known, holds = chance->before;
    if (source_of(chance, sight, &value, &known) < 0)
        return STUCK;
    if (!known)
        return settled(chance, sight);
    for (int n = 0; n < chance->n_flips; n++) {
        double at = chance->flips[n].at;
        if (value >= at) {
            holds = chance->flips[n].becomes;
            continue;
        }
        int rises = can_rise(chance, sight);
        if (rises < 0)
            return STUCK;
        if (!rises)
            break;
        if (chance->ahead == ON_TOP && number_at(sight, chance->page_dwell, &on_page) < 0)
            return STUCK;
        double moment = chance->ahead == AS_IT_IS ? at
                        : chance->ahead == ON_TOP ? on_page + at - value
                                                  : (double)sight->now + at - value;
        return add_moment(sight, chance->name, (long long)moment) < 0 ? STUCK : holds ? HOLDS : ARMED;
    }
    return holds ? HOLDS : NEVER;
}

/* Tell a chance of the moment, and add its moments: its state, or STUCK. */
int
chance_state(const Chance *chance, Sight *sight)
{
    int found;
    switch (chance->kind) {
    case EVERY:
        return every(chance, sight);
    case SOME:
        return some(chance, sight);
    case IF:
        found = test_true(&chance->test, sight);
        return found < 0 ? STUCK : found != chance->opposite ? HOLDS : settled(chance, sight);
    case ALWAYS:
        return settled(chance, sight);
    case MEASURE:
        return measure(chance, sight);
    case PYTHON:
        return ask_python(chance, sight);
    default:
        return NEVER;
    }
}
