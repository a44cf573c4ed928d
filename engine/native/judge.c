/*
 * One judgement: which rules are true, which are alive on the page, and what they wait for.
 *
 * It is done here where nothing comes of it but what is armed, which is what mostly happens: also of rules that are
 * true within the quiet time after a popup. Where a rule is true that may fire, or a value is of a kind that only Python
 * judges by, nothing is changed, and Watch.judge does it.
 */
#include "judging.h"

/* What came out, kept from judgement to judgement; the interpreter's lock keeps it ours. */
static Sifted out;

static int
make_room(int most)
{
    if (most <= out.most)
        return 0;
    int *room = PyMem_Realloc(out.alive, (size_t)most * 4 * sizeof(int));
    if (room == NULL) {
        PyErr_NoMemory();
        return STUCK;
    }
    out.alive = room;
    out.true_now = room + most;
    out.waiting = room + 2 * most;
    out.quiet = room + 3 * most;
    out.most = most;
    return 0;
}

/* Tell whether a rule is held back here, whatever it says. */
static int
is_held(const Sight *sight, int order)
{
    struct told_rule *rule = book_rule(sight->book, order);
    if (rule == NULL)
        return STUCK;
    PyObject *held = sight->tab->held;
    return PySet_GET_SIZE(held) == 0 ? 0 : PySet_Contains(held, rule->id);
}

/*
 * Put a rule that is true where it belongs: nowhere if it is held back, and with those that wait if its popup would
 * interrupt in the quiet time. 1 if it may fire.
 */
static int
place_true(const Sight *sight, int order)
{
    int held = is_held(sight, order);
    if (held != 0)
        return held < 0 ? STUCK : 0;
    if (sight->now >= sight->tab->quiet_until_ms || !book_rule(sight->book, order)->interrupts)
        return 1;
    out.waiting[out.n_waiting++] = order;
    out.quiet[out.n_quiet++] = order;
    return 0;
}

static int
is_quiet(int order)
{
    for (int n = 0; n < out.n_quiet; n++) {
        if (out.quiet[n] == order)
            return 1;
    }
    return 0;
}

/*
 * Judge the rules of a plan that has no sieve, as Watch._test; a rule that is held back is not waited for. Nothing more
 * is looked at once one may fire.
 */
static int
test_rules(const Judge *judge, Sight *sight)
{
    for (int n = 0; n < judge->n_rules; n++) {
        const PlanRule *rule = &judge->rules[n];
        int found = 1, waits = 0;
        for (int at = 0; found == 1 && at < rule->size; at++) {
            found = test_true(&rule->tests[at], sight);
            waits = found == 0 && rule->may_arm[at];
        }
        if (found < 0)
            return STUCK;
        if (found && place_true(sight, rule->order) != 0)
            return STUCK;
        if (waits)
            out.waiting[out.n_waiting++] = rule->order;
    }
    return 0;
}

/* Judge the rules of a page, as Watch._sift. */
static int
sift_rules(const Judge *judge, Sight *sight)
{
    if (junction_sift(judge->sieve, sight, &out) < 0)
        return STUCK;
    for (int n = 0; n < out.n_true; n++) {
        if (place_true(sight, out.true_now[n]) != 0)
            return STUCK;
    }
    return 0;
}

/*
 * Find the moments of one rule: they are added behind those that are there already. One that is true waits for the end
 * of the quiet time too.
 */
static int
find_moments(Sight *sight, int order, int *first)
{
    struct told_rule *rule = book_rule(sight->book, order);
    int held = rule == NULL ? STUCK : is_held(sight, order);
    *first = sight->n_moments;
    if (held != 0)
        return held < 0 ? STUCK : 0;
    if (chance_state(rule->chance, sight) < 0)
        return STUCK;
    return is_quiet(order) ? add_moment(sight, M_WAKE, sight->tab->quiet_until_ms) : 0;
}

/* Arm the moments of one rule, or disarm it where it has none: 1 if that is another state than before. */
static int
arm_rule(Book *book, PyObject *armed, int order, const Moment *moments, int size)
{
    PyObject *key = PyLong_FromLong(order), *made = NULL;
    if (key == NULL)
        return STUCK;
    PyObject *before = PyDict_GetItemWithError(armed, key);
    int changed = before == NULL && PyErr_Occurred() ? STUCK : 0;
    if (changed == 0 && size) {
        made = book_moments(book, moments, size);
        changed = made == NULL ? STUCK : before == NULL ? 1 : PyObject_RichCompareBool(before, made, Py_NE);
        if (changed > 0 && PyDict_SetItem(armed, key, made) < 0)
            changed = STUCK;
    }
    else if (changed == 0 && before != NULL)
        changed = PyDict_DelItem(armed, key) < 0 ? STUCK : 1;
    Py_XDECREF(made);
    Py_DECREF(key);
    return changed;
}

/* Take over what judging an event of a page found: other moments of the rules that it concerns. */
static int
settle_event(Sight *sight, const Judge *judge, PyObject *armed)
{
    int firsts[MOST_MOMENTS], at = 0, changed = 0;
    if (out.n_waiting > MOST_MOMENTS)
        return STUCK;
    for (int n = 0; n < out.n_waiting; n++) {
        if (find_moments(sight, out.waiting[n], &firsts[n]) < 0)
            return STUCK;
    }
    for (int n = 0; n < judge->n_rules; n++) {
        int order = judge->rules[n].order, size = 0, first = 0;
        if (at < out.n_waiting && out.waiting[at] == order) {
            first = firsts[at++];
            size = (at < out.n_waiting ? firsts[at] : sight->n_moments) - first;
        }
        int other = arm_rule(sight->book, armed, order, sight->moments + first, size);
        if (other < 0)
            return STUCK;
        changed |= other;
    }
    if (changed)
        sight->tab->arm_is_stale = 1;
    return 0;
}

static int
has_wake(const Sight *sight)
{
    for (int n = 0; n < sight->n_moments; n++) {
        if (sight->moments[n].name == M_WAKE)
            return 1;
    }
    return 0;
}

/* Take over what judging a page view found: what is alive, and all that is armed. */
static int
settle_page(Sight *sight, PyObject *armed, PyObject **arm)
{
    int firsts[MOST_MOMENTS];
    if (out.n_waiting > MOST_MOMENTS)
        return STUCK;
    for (int n = 0; n < out.n_waiting; n++) {
        if (find_moments(sight, out.waiting[n], &firsts[n]) < 0)
            return STUCK;
    }
    Alive *alive = book_alive(sight->book, out.alive, out.n_alive);
    if (alive == NULL || PyObject_SetAttr(sight->tab->watch, NAMES.alive, alive->rules) < 0)
        return STUCK;
    Py_XSETREF(sight->tab->alive, Py_NewRef((PyObject *)alive));
    PyDict_Clear(armed);
    for (int n = 0; n < out.n_waiting; n++) {
        int end = n + 1 < out.n_waiting ? firsts[n + 1] : sight->n_moments;
        if (arm_rule(sight->book, armed, out.waiting[n], sight->moments + firsts[n], end - firsts[n]) < 0)
            return STUCK;
    }
    sight->tab->arm_is_stale = 1;
    if (!has_wake(sight)) {
        *arm = book_arm(sight->book, sight->moments, sight->n_moments);
        if (*arm == NULL)
            return STUCK;
        Py_INCREF(*arm);
    }
    return 0;
}

static int
judge(Sight *sight, PyObject **arm)
{
    Judge *by = book_judge(sight->book, sight->step->plan);
    if (by == NULL)
        return STUCK;
    sight->slots = by->n_slots;
    for (int n = 0; n < by->n_windows && n < MOST_WINDOWS; n++)
        sight->windows[n] = -1;
    out.n_alive = out.n_true = out.n_waiting = out.n_quiet = 0;
    if (make_room(sight->book->n_rules + 1) < 0 || values_read(sight, by->slots) < 0
        || (by->sieve != NULL ? sift_rules(by, sight) : test_rules(by, sight)) < 0)
        return STUCK;
    PyObject *armed = PyObject_GetAttr(sight->tab->watch, NAMES.armed);
    if (armed == NULL || !PyDict_CheckExact(armed)) {
        Py_XDECREF(armed);
        return STUCK;
    }
    int done = by->sieve != NULL ? settle_page(sight, armed, arm) : settle_event(sight, by, armed);
    Py_DECREF(armed);
    return done;
}

/* Find the page, and see to it that what is kept of the visitor is this one's. */
static int
look(Way *way, Sight *sight)
{
    TabCore *tab = sight->tab;
    sight->place = (Place *)tab->place;
    if (sight->place == NULL || sight->place->page != tab->page || tab->who == NULL || tab->held == NULL
        || !PyAnySet_Check(tab->held))
        return STUCK;
    if (tab->facts_of != tab->who || tab->facts_in != (PyObject *)sight->book) {
        facts_forget(&tab->who_facts);
        Py_XSETREF(tab->facts_of, Py_NewRef(tab->who));
        Py_XSETREF(tab->facts_in, Py_NewRef((PyObject *)sight->book));
    }
    sight->now = sight->step->now_ms;
    return 0;
}

/* Have it counted that rules are held back by the quiet time. */
static int
count_quiet(Way *way, TabCore *tab)
{
    int done = 0;
    for (int n = 0; done == 0 && n < out.n_quiet; n++) {
        PyObject *order = PyLong_FromLong(out.quiet[n]), *args[] = {(PyObject *)tab, order};
        PyObject *counted = order == NULL ? NULL : PyObject_Vectorcall(way->call[QUIET], args, 2, NULL);
        done = counted == NULL ? -1 : 0;
        Py_XDECREF(counted);
        Py_XDECREF(order);
    }
    return done;
}

/*
 * Judge the rules that a step of the usual way concerns, by the values that Redis answered. 1 if that is done: then
 * ``arm`` may be what is armed now (a new reference). 0 if Python must judge, and nothing was changed.
 */
int
judge_usual(Way *way, Step *step, PyObject *values, PyObject **arm)
{
    static Sight sight; /* large, and never used by two at once: nothing in here waits or comes back here */
    *arm = NULL;
    Book *book = step->frame == NULL ? NULL : book_kept(way, (TabCore *)step->tab);
    if (book == NULL)
        return PyErr_Occurred() ? -1 : 0;
    sight.way = way;
    sight.book = (Book *)Py_NewRef((PyObject *)book);
    sight.tab = (TabCore *)step->tab;
    sight.step = step;
    sight.said = values;
    sight.view = NULL;
    sight.age = -1;
    sight.n_moments = 0;
    int done = look(way, &sight) < 0 ? STUCK : judge(&sight, arm);
    Py_CLEAR(sight.view);
    Py_DECREF(book);
    if (done == 0 && count_quiet(way, (TabCore *)step->tab) < 0)
        return -1;
    return done == 0 ? 1 : PyErr_Occurred() ? -1 : 0;
}
