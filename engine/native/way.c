/*
 * The usual way of an event, from its frame to the command that counts it.
 *
 * It does what engine/pipeline.py does, station by station, for a frame of the usual form; any other is handed to the
 * pipeline, before anything was done about it. So there is nothing here that cannot be left out.
 */
#include "hot.h"

#define DAY_MS (24LL * 60 * 60 * 1000)
#define FURTHER_WORDS 3 /* between the head and the changes: the event's place, now, and the number of changes */

/* Return the book of the rules that a tab goes by, borrowed. NULL without an exception: they are in force no more. */
static Book *
book_of(Way *way, TabCore *tab)
{
    Book *book = book_kept(way, tab);
    return book != NULL || PyErr_Occurred() ? book : book_begin(way, tab);
}

/* What one frame means here: its name, and the number that its recipe leaves open. */
typedef struct {
    Name *name;
    Place *place;
    Recipe *recipe;
    long long number;
} Meaning;

/* Find the page of a page_view: 0 where it is not known, or not newer than the one that is shown. */
static int
find_page(Way *way, TabCore *tab, Book *book, const Said *said, Meaning *found)
{
    if (said->seq < tab->view)
        return 0;
    int in_force = is_in_force(way, tab, book->rules);
    if (in_force <= 0)
        return in_force;
    found->place = book_place(book, said->data, said->data_size);
    found->number = said->seq;
    return found->place != NULL ? 1 : PyErr_Occurred() ? -1 : 0;
}

/* Look through what the event says: 1 if it is as usual. */
static int
look_through(Way *way, TabCore *tab, Book *book, const Said *said, Meaning *found)
{
    switch (found->name->shape) {
    case PAGE_VIEW:
        return find_page(way, tab, book, said, found);
    case PAGE_DWELL:
    case IDLE:
        return said_measure(said, "ms", LONGEST_MS, &found->number);
    case SCROLL:
        return said_measure(said, "percent", 100, &found->number);
    case BARE:
        return said_nothing(said);
    case COMMERCE:
        return said_flat(said, MOST_ITEM_KEYS, 1);
    case OWN:
        return said_flat(said, MOST_KEYS, 0);
    default:
        return 0;
    }
}

/* Find out all about a frame that can be known before anything is done: 1 if it goes the usual way. */
static int
find_meaning(Way *way, TabCore *tab, Book *book, const Said *said, Meaning *found)
{
    found->name = book_name(book, said->name, said->name_size);
    if (found->name == NULL)
        return PyErr_Occurred() ? -1 : 0;
    found->number = 0;
    found->place = (Place *)tab->place;
    if (found->place != NULL && found->place->page != tab->page)
        found->place = NULL;
    int usual = look_through(way, tab, book, said, found);
    if (usual <= 0)
        return usual;
    found->recipe = book_recipe(book, found->name, found->place);
    return found->recipe != NULL ? 1 : PyErr_Occurred() ? -1 : 0;
}

/* Show the page that the event tells. */
static int
turn(TabCore *tab, Book *book, const Said *said, Place *place)
{
    PyObject *seq = PyLong_FromLongLong(said->seq);
    PyObject *args[] = {(PyObject *)tab, place->page, seq, book->rules};
    PyObject *done = seq == NULL ? NULL : PyObject_VectorcallMethod(NAMES.turn_to, args, 4, NULL);
    Py_XDECREF(seq);
    if (done == NULL)
        return -1;
    Py_DECREF(done);
    Py_XSETREF(tab->place, Py_NewRef((PyObject *)place));
    return 0;
}

/* Make the words anew that stay the same while the session, the rules and the day do. */
static int
renew_head(Way *way, TabCore *tab, Book *book, long long now)
{
    long long day = now / DAY_MS;
    if (tab->head != NULL && tab->head_day == day && tab->head_session == tab->session && tab->head_rules == book->rules)
        return 0;
    PyObject *moment = PyLong_FromLongLong(now);
    PyObject *args[] = {(PyObject *)tab, moment};
    PyObject *head = moment == NULL ? NULL : PyObject_Vectorcall(way->call[HEAD], args, 2, NULL);
    Py_XDECREF(moment);
    if (head == NULL)
        return -1;
    if (!PyTuple_Check(head) || PyTuple_GET_SIZE(head) != 3 || !PyBytes_Check(PyTuple_GET_ITEM(head, 1))) {
        PyErr_SetString(PyExc_TypeError, "head makes the number of words, the words, and the slot");
        Py_DECREF(head);
        return -1;
    }
    Py_XSETREF(tab->head, head);
    Py_XSETREF(tab->head_session, Py_XNewRef(tab->session));
    Py_XSETREF(tab->head_rules, Py_NewRef(book->rules));
    tab->head_day = day;
    return 0;
}

/* Write the event's seq and, unless it is the next one, which event before it must be applied already. */
static int
write_seq(TabCore *tab, long long seq, Words *to)
{
    long long after = tab->sent;
    tab->sent = seq > after ? seq : after;
    if (after >= seq - 1)
        return words_number(to, seq);
    char text[48];
    int size = PyOS_snprintf(text, sizeof text, "%lld %lld", seq, after);
    if (words_need(to, size) < 0)
        return -1;
    words_bulk(to, text, size);
    return 0;
}

/* Write the call of ``observe``, as engine/edge/visitor_state.py writes it. */
static PyObject *
command_of(Way *way, TabCore *tab, long long seq, long long now, const Meaning *found, PyObject *tail)
{
    Words *to = &way->out;
    PyObject *head = PyTuple_GET_ITEM(tab->head, 1), *end = PyTuple_GET_ITEM(tail, 1);
    long long words = PyLong_AsLongLong(PyTuple_GET_ITEM(tab->head, 0)) + FURTHER_WORDS + found->recipe->words
                      + PyLong_AsLongLong(PyTuple_GET_ITEM(tail, 0));
    to->used = 0;
    if (words_need(to, 32) < 0)
        return NULL;
    to->text[to->used++] = '*';
    words_digits(to, (unsigned long long)words);
    words_end(to);
    if (words_add(to, PyBytes_AS_STRING(head), PyBytes_GET_SIZE(head)) < 0 || write_seq(tab, seq, to) < 0
        || words_number(to, now) < 0 || words_number(to, found->recipe->words) < 0
        || recipe_write(found->recipe, found->number, to) < 0
        || words_add(to, PyBytes_AS_STRING(end), PyBytes_GET_SIZE(end)) < 0)
        return NULL;
    return PyBytes_FromStringAndSize(to->text, to->used);
}

/* Write the event down, into the sheet that the log keeps for the tab. */
static int
write_down(Way *way, TabCore *tab, Step *step, PyObject *frame, long long now)
{
    Sheet *sheet = (Sheet *)tab->sheet;
    if (sheet == NULL || !Py_IS_TYPE(sheet, Sheet_Type) || sheet->is_closed || tab->logged_session != tab->session) {
        PyObject *found = PyObject_CallOneArg(way->call[SHEET], (PyObject *)tab);
        Py_XDECREF(found); /* the tab holds it */
        if (found == NULL)
            return -1;
        if (!Py_IS_TYPE(found, Sheet_Type) || (PyObject *)found != tab->sheet) {
            PyErr_SetString(PyExc_TypeError, "the log keeps a sheet with each tab");
            return -1;
        }
        sheet = (Sheet *)found;
    }
    if (tab->log_head == NULL || !PyBytes_CheckExact(tab->log_head)) {
        PyErr_SetString(PyExc_TypeError, "the log keeps a head with each tab");
        return -1;
    }
    return sheet_add(sheet, tab->log_head, now, NAMES.frame_kind, frame) < 0
                   || sheet_wait(sheet, way->on_logged, (PyObject *)step) < 0 ? -1 : 0;
}

/* Write the event down, and have it counted. */
static int
send_off(Way *way, Step *step, PyObject *frame, long long now)
{
    TabCore *tab = (TabCore *)step->tab;
    if (write_down(way, tab, step, frame, now) < 0)
        return -1;
    PyObject *call[] = {way->on_observed, (PyObject *)step, step->command, step->has_rules ? Py_True : Py_False,
                        PyTuple_GET_ITEM(tab->head, 2)};
    PyObject *done = PyObject_Vectorcall(way->call[SEND], call, 5, NULL);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

/* Take an event whose meaning is found to Redis. From here on it is under way, as with the pipeline. */
static int
go(Way *way, TabCore *tab, Book *book, const Said *said, const Meaning *found, PyObject *frame, double received)
{
    PyObject *tail = NULL;
    Step *step = NULL;
    int done = -1;
    PyObject *plan = plan_of(tab, found->name, found->place);
    if (plan == NULL || (step = step_new(tab, plan, found->name->name, received)) == NULL)
        goto end;
    step->seq = said->seq;
    step->frame = Py_NewRef(frame);
    step->idle_ms = found->name->shape == IDLE ? found->number : 0;
    int judged = plan_has_rules(book, plan);
    step->has_rules = judged > 0;
    if (judged < 0 || PyList_Append(tab->under_way, (PyObject *)step) < 0)
        goto end;
    long long now = step->now_ms = ms_by(way->call[CLOCK]);
    if ((now == -1 && PyErr_Occurred()) || renew_head(way, tab, book, now) < 0
        || (tail = book_tail(book, plan, tab->page, found->place)) == NULL
        || (step->command = command_of(way, tab, said->seq, now, found, tail)) == NULL)
        goto end;
    done = send_off(way, step, frame, now);
end:
    Py_XDECREF(plan);
    Py_XDECREF(tail);
    Py_XDECREF(step);
    return done;
}

/* Take a frame the usual way: 1 if it was one for it, 0 if nothing was done. */
static int
take_usual(Way *way, TabCore *tab, PyObject *frame, double received)
{
    Said said;
    Meaning found;
    if (!PyBytes_CheckExact(frame) || !said_read(PyBytes_AS_STRING(frame), PyBytes_GET_SIZE(frame), &said)
        || !tab->is_usual || tab->watch == NULL || tab->page == NULL || tab->session == NULL || !PyList_CheckExact(tab->under_way))
        return 0;
    Book *book = book_of(way, tab);
    if (book == NULL)
        return PyErr_Occurred() ? -1 : 0;
    Py_INCREF(book);
    int usual = find_meaning(way, tab, book, &said, &found);
    if (usual > 0) {
        /* what was found is borrowed from the book: a call below might have it make room */
        Py_INCREF(found.name);
        Py_XINCREF(found.place);
        Py_INCREF(found.recipe);
        if (found.name->shape == PAGE_VIEW && turn(tab, book, &said, found.place) < 0)
            usual = -1;
        else if (go(way, tab, book, &said, &found, frame, received) < 0)
            usual = -1;
        Py_DECREF(found.name);
        Py_XDECREF(found.place);
        Py_DECREF(found.recipe);
    }
    Py_DECREF(book);
    return usual;
}

PyObject *
way_take(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Way *way = (Way *)self;
    if (nargs != 3 || !PyObject_TypeCheck(args[0], TabCore_Type) || !PyFloat_Check(args[2])) {
        PyErr_SetString(PyExc_TypeError, "take takes a tab, a frame and when it was received");
        return NULL;
    }
    int usual = take_usual(way, (TabCore *)args[0], args[1], PyFloat_AS_DOUBLE(args[2]));
    if (usual < 0)
        return NULL;
    if (usual)
        Py_RETURN_NONE;
    return PyObject_Vectorcall(way->call[TAKE], args, 3, NULL);
}
