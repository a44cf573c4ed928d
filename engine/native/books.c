/*
 * Which books there are: one for each set of rules that is in force. Sites may have rules of their own, and those of
 * all others share one set, hence one book.
 */
#include "hot.h"

/* Forget what was known of a tab's page where that stands in another book: it says what other rules made of it. */
static Book *
turned_to(TabCore *tab, Book *book)
{
    if (book != NULL && tab->place != NULL && ((Place *)tab->place)->book != book->number)
        Py_CLEAR(tab->place);
    return book;
}

/* Return the book of the rules that a tab goes by, borrowed. NULL without an exception: there is none. */
Book *
book_kept(Way *way, TabCore *tab)
{
    PyObject *rules = tab->watch == NULL ? NULL : PyObject_GetAttr(tab->watch, NAMES.rules);
    if (rules == NULL)
        return NULL;
    Book *book = way->book;
    if (book == NULL || book->rules != rules) {
        book = (Book *)PyDict_GetItemWithError(way->books, rules);
        if (book != NULL)
            Py_XSETREF(way->book, (Book *)Py_NewRef((PyObject *)book));
    }
    Py_DECREF(rules);
    return turned_to(tab, book);
}

/* Tell whether a site goes by these rules now: -1 is an exception. */
static int
goes_by(const Way *way, PyObject *site, PyObject *rules)
{
    PyObject *in_force = PyObject_CallOneArg(way->call[RULES], site);
    Py_XDECREF(in_force);
    return in_force == NULL ? -1 : in_force == rules;
}

/* Tell whether rules are still in force for the site of a tab: -1 is an exception. */
int
is_in_force(const Way *way, TabCore *tab, PyObject *rules)
{
    PyObject *site = PyObject_GetAttr((PyObject *)tab, NAMES.site);
    int is = site == NULL ? -1 : goes_by(way, site, rules);
    Py_XDECREF(site);
    return is;
}

/* Forget the books of rules that were replaced. It is done when a new one is begun: rarely. */
static int
forget_old(Way *way)
{
    PyObject *rules, *book, *kept = PyDict_New();
    Py_ssize_t at = 0;
    int done = kept == NULL ? -1 : 0;
    PyObject *books = Py_NewRef(way->books);
    while (done == 0 && PyDict_Next(books, &at, &rules, &book)) {
        int is = goes_by(way, ((Book *)book)->site, rules);
        done = is < 0 || (is && PyDict_SetItem(kept, rules, book) < 0) ? -1 : 0;
    }
    Py_DECREF(books);
    if (done < 0) {
        Py_XDECREF(kept);
        return -1;
    }
    books_share(PyDict_GET_SIZE(kept));
    Py_SETREF(way->books, kept);
    return 0;
}

/* Begin the book of the rules that a tab goes by; borrowed. NULL without an exception: they are in force no more. */
Book *
book_begin(Way *way, TabCore *tab)
{
    Book *book = NULL;
    PyObject *site = PyObject_GetAttr((PyObject *)tab, NAMES.site), *maker = NULL;
    PyObject *rules = site == NULL ? NULL : PyObject_GetAttr(tab->watch, NAMES.rules);
    if (rules == NULL || goes_by(way, site, rules) <= 0 || (maker = PyObject_CallOneArg(way->call[MAKER], rules)) == NULL)
        goto end;
    book = book_new(rules, maker, site);
    if (book != NULL && (PyDict_SetItem(way->books, rules, (PyObject *)book) < 0 || forget_old(way) < 0))
        Py_CLEAR(book);
    if (book != NULL)
        Py_XSETREF(way->book, book);
end:
    Py_XDECREF(site);
    Py_XDECREF(rules);
    Py_XDECREF(maker);
    return turned_to(tab, book);
}
