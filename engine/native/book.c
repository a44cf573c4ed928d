/*
 * What is known of names and pages while one set of rules is in force.
 *
 * A name is looked at once: what form its event has, and what it changes. So is a page, known by the very bytes in
 * which a page_view tells it: many shoppers are shown the same product. All of it is made by Python code (Maker in
 * engine/edge/usual.py), and all of it is bounded, for names and pages are what anybody may send.
 */
#include "hot.h"

#define MOST_NAMES 512
#define MOST_PLACES 2048 /* of each of two generations: when the young ones are so many, the old ones are forgotten */
#define MOST_MET 16384
#define MOST_TAILS 10000
#define MOST_TAILS_HERE 64
#define LONGEST_PLACE 4096
#define LEAST_ROOM 16

/* Sites may have rules of their own, hence books of their own: they share the room that one would have. */
static Py_ssize_t books = 1;

PyTypeObject *Place_Type, *Name_Type, *Book_Type;

static void
place_free(PyObject *self)
{
    Place *place = (Place *)self;
    Py_XDECREF(place->page);
    Py_XDECREF(place->kind);
    Py_XDECREF(place->recipes);
    Py_XDECREF(place->tails);
    Py_XDECREF(place->plan);
    facts_forget(&place->facts);
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static void
name_free(PyObject *self)
{
    Name *name = (Name *)self;
    Py_XDECREF(name->name);
    Py_XDECREF(name->recipe);
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static void
book_free(PyObject *self)
{
    Book *book = (Book *)self;
    Py_XDECREF(book->rules);
    Py_XDECREF(book->nothing);
    Py_XDECREF(book->maker);
    Py_XDECREF(book->site);
    Py_XDECREF(book->names);
    Py_XDECREF(book->tails);
    Py_XDECREF(book->young);
    Py_XDECREF(book->old);
    Py_XDECREF(book->met);
    rules_forget(book);
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyType_Slot place_slots[] = {{Py_tp_dealloc, place_free}, {0, NULL}};
static PyType_Slot name_slots[] = {{Py_tp_dealloc, name_free}, {0, NULL}};
static PyType_Slot book_slots[] = {{Py_tp_dealloc, book_free}, {0, NULL}};

#define HIDDEN (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION)
static PyType_Spec place_spec = {"engine.native.hot.Place", sizeof(Place), 0, HIDDEN, place_slots};
static PyType_Spec name_spec = {"engine.native.hot.Name", sizeof(Name), 0, HIDDEN, name_slots};
static PyType_Spec book_spec = {"engine.native.hot.Book", sizeof(Book), 0, HIDDEN, book_slots};

int
book_types(void)
{
    Place_Type = (PyTypeObject *)PyType_FromSpec(&place_spec);
    Name_Type = (PyTypeObject *)PyType_FromSpec(&name_spec);
    Book_Type = (PyTypeObject *)PyType_FromSpec(&book_spec);
    return Place_Type && Name_Type && Book_Type ? 0 : -1;
}

Book *
book_new(PyObject *rules, PyObject *maker, PyObject *site)
{
    static long long numbers;
    Book *book = PyObject_New(Book, Book_Type);
    if (book == NULL)
        return NULL;
    book->number = ++numbers;
    book->rules = Py_NewRef(rules);
    book->maker = Py_NewRef(maker);
    book->site = Py_NewRef(site);
    book->nothing = PyObject_GetAttr(rules, NAMES.nothing);
    book->names = PyDict_New();
    book->tails = PyDict_New();
    book->young = PyDict_New();
    book->old = PyDict_New();
    book->met = PyDict_New();
    if (rules_begin(book) < 0 || !book->nothing || !book->names || !book->tails || !book->young || !book->old
        || !book->met)
        Py_CLEAR(book);
    return book;
}

void
books_share(Py_ssize_t number)
{
    books = number > 1 ? number : 1;
}

static Py_ssize_t
room_for(Py_ssize_t most)
{
    return most / books > LEAST_ROOM ? most / books : LEAST_ROOM;
}

/* Keep a thing that was just made under a key; returns it, borrowed, or NULL. */
static PyObject *
keep(PyObject *kept, PyObject *key, PyObject *made)
{
    if (made == NULL)
        return NULL;
    int done = PyDict_SetItem(kept, key, made);
    Py_DECREF(made);
    return done < 0 ? NULL : made;
}

static PyObject *
make_name(Book *book, PyObject *key)
{
    PyObject *text = PyUnicode_FromEncodedObject(key, "ascii", NULL);
    if (text == NULL)
        return NULL;
    PyUnicode_InternInPlace(&text);
    PyObject *shape = PyObject_CallMethodOneArg(book->maker, NAMES.shape_of, text);
    Name *name = shape == NULL ? NULL : PyObject_New(Name, Name_Type);
    if (name == NULL) {
        Py_DECREF(text);
        Py_XDECREF(shape);
        return NULL;
    }
    long said = PyLong_AsLong(shape);
    Py_DECREF(shape);
    name->name = text;
    name->recipe = NULL;
    name->of_page = said < 0;
    name->shape = (enum shape)(said < 0 ? -said : said);
    if (PyErr_Occurred())
        Py_CLEAR(name);
    return (PyObject *)name;
}

/* Return what is known of a name, borrowed. NULL without an exception: there are too many. */
Name *
book_name(Book *book, const char *text, Py_ssize_t size)
{
    PyObject *key = PyBytes_FromStringAndSize(text, size);
    if (key == NULL)
        return NULL;
    PyObject *found = PyDict_GetItemWithError(book->names, key);
    if (found == NULL && !PyErr_Occurred() && PyDict_GET_SIZE(book->names) < MOST_NAMES)
        found = keep(book->names, key, make_name(book, key));
    Py_DECREF(key);
    return (Name *)found;
}

static PyObject *
make_place(Book *book, PyObject *data)
{
    PyObject *made = PyObject_CallMethodOneArg(book->maker, NAMES.make_place, data), *page, *recipe;
    if (made == NULL || made == Py_None)
        return made;
    Place *place = PyArg_ParseTuple(made, "OO!", &page, Recipe_Type, &recipe) ? PyObject_New(Place, Place_Type) : NULL;
    if (place != NULL) {
        place->page = Py_NewRef(page);
        place->book = book->number;
        place->plan = NULL;
        memset(&place->facts, 0, sizeof place->facts);
        place->kind = PyObject_GetAttr(page, NAMES.kind);
        place->recipes = PyDict_New();
        place->tails = PyDict_New();
        if (!place->kind || !place->recipes || !place->tails
            || PyDict_SetItem(place->recipes, NAMES.page_view, recipe) < 0)
            Py_CLEAR(place);
    }
    Py_DECREF(made);
    return (PyObject *)place;
}

/* Tell whether a page was met before. What is shown once only (an address with a number of its own) is not kept. */
static int
was_met(Book *book, PyObject *data)
{
    PyObject *hash = PyLong_FromSsize_t(PyObject_Hash(data));
    if (hash == NULL)
        return -1;
    int met = PyDict_Contains(book->met, hash);
    if (!met) {
        if (PyDict_GET_SIZE(book->met) >= room_for(MOST_MET))
            PyDict_Clear(book->met);
        met = PyDict_SetItem(book->met, hash, Py_None);
    }
    Py_DECREF(hash);
    return met;
}

static PyObject *
find_place(Book *book, PyObject *data)
{
    PyObject *found = PyDict_GetItemWithError(book->young, data);
    if (found != NULL || PyErr_Occurred())
        return found;
    found = Py_XNewRef(PyDict_GetItemWithError(book->old, data));
    if (found == NULL) {
        if (PyErr_Occurred() || was_met(book, data) <= 0)
            return NULL;
        found = make_place(book, data);
    }
    if (PyDict_GET_SIZE(book->young) >= room_for(MOST_PLACES)) {
        PyObject *young = PyDict_New();
        if (young == NULL) {
            Py_XDECREF(found);
            return NULL;
        }
        Py_SETREF(book->old, book->young);
        book->young = young;
    }
    return keep(book->young, data, found);
}

/* Return the page that a page_view tells, borrowed. NULL without an exception: it is not known, or not usual. */
Place *
book_place(Book *book, const char *text, Py_ssize_t size)
{
    if (text == NULL || size > LONGEST_PLACE)
        return NULL;
    PyObject *data = PyBytes_FromStringAndSize(text, size);
    if (data == NULL)
        return NULL;
    PyObject *found = find_place(book, data);
    Py_DECREF(data);
    return found == Py_None ? NULL : (Place *)found;
}

static PyObject *
make_recipe(Book *book, Name *name, PyObject *page)
{
    PyObject *recipe = PyObject_CallMethodObjArgs(book->maker, NAMES.make_recipe, name->name, page, NULL);
    if (recipe != NULL && recipe != Py_None && !Py_IS_TYPE(recipe, Recipe_Type)) {
        PyErr_SetString(PyExc_TypeError, "make_recipe makes a Recipe or None");
        Py_CLEAR(recipe);
    }
    return recipe;
}

/* Return what an event of this name changes, borrowed. NULL without an exception: it cannot be told ahead. */
Recipe *
book_recipe(Book *book, Name *name, Place *place)
{
    PyObject *recipe;
    if (name->of_page) {
        if (place == NULL)
            return NULL;
        recipe = PyDict_GetItemWithError(place->recipes, name->name);
        if (recipe == NULL && !PyErr_Occurred())
            recipe = keep(place->recipes, name->name, make_recipe(book, name, place->page));
    }
    else {
        if (name->recipe == NULL)
            name->recipe = make_recipe(book, name, Py_None);
        recipe = name->recipe;
    }
    return recipe == Py_None ? NULL : (Recipe *)recipe;
}

/*
 * Return what a plan asks for, as it stands behind the changes: (number of words, the words packed). A new reference.
 * ``place`` may be NULL where the page is not a known one.
 */
PyObject *
book_tail(Book *book, PyObject *plan, PyObject *page, Place *place)
{
    PyObject *tail = PyDict_GetItemWithError(book->tails, plan);
    if (tail == NULL && !PyErr_Occurred() && place != NULL)
        tail = PyDict_GetItemWithError(place->tails, plan);
    if (tail != NULL || PyErr_Occurred())
        return Py_XNewRef(tail);
    tail = PyObject_CallMethodObjArgs(book->maker, NAMES.make_tail, plan, page, NULL);
    if (tail == NULL)
        return NULL;
    if (!PyTuple_Check(tail) || PyTuple_GET_SIZE(tail) != 3 || !PyLong_Check(PyTuple_GET_ITEM(tail, 0))
        || !PyBytes_Check(PyTuple_GET_ITEM(tail, 1))) {
        PyErr_SetString(PyExc_TypeError, "make_tail makes the number of words, the words, and whether they are the page's");
        Py_DECREF(tail);
        return NULL;
    }
    int of_page = PyTuple_GET_ITEM(tail, 2) == Py_True;
    PyObject *kept = !of_page ? book->tails : place != NULL ? place->tails : NULL;
    if (kept != NULL) {
        if (PyDict_GET_SIZE(kept) >= (of_page ? MOST_TAILS_HERE : room_for(MOST_TAILS)))
            PyDict_Clear(kept);
        if (PyDict_SetItem(kept, plan, tail) < 0)
            Py_CLEAR(tail);
    }
    return tail;
}
