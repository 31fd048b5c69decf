package indicator

// Window looks at the packed figures of one enterprise after another without making anything new. It is not safe for concurrent use.
type Window struct {
	library *Library
	heads   []head // by the indicator's position in the library
	touched []int32
	arena   []Figure
	take    func(code int, newest Period, n int) []Figure
}

type head struct {
	newest, from, n int32
}

// NewWindow makes an empty window.
func NewWindow(l *Library) *Window {
	w := &Window{library: l, heads: make([]head, l.Len()), arena: make([]Figure, 0, 1024)}
	w.take = w.slots
	return w
}

// Read looks at other packed figures. Those of indicators that the library does not know are passed over, as they are where an
// indicator is now reported for another kind of period. The error wraps ErrFigures; the window is empty then.
func (w *Window) Read(packed []byte) error {
	w.clear()
	if len(packed) == 0 {
		return nil
	}
	err := walk(packed, w.take)
	if err != nil {
		w.clear()
	}
	return err
}

func (w *Window) clear() {
	for _, i := range w.touched {
		w.heads[i] = head{}
	}
	w.touched, w.arena = w.touched[:0], w.arena[:0]
}

func (w *Window) slots(code int, newest Period, n int) []Figure {
	i := w.library.Position(code)
	if i < 0 || w.library.all[i].Period != newest.Unit {
		return nil
	}
	from := len(w.arena)
	if from+n > cap(w.arena) {
		grown := make([]Figure, from, 2*cap(w.arena)+n)
		copy(grown, w.arena)
		w.arena = grown
	}
	w.arena = w.arena[:from+n]
	clear(w.arena[from:])
	w.heads[i] = head{int32(newest.N), int32(from), int32(n)}
	w.touched = append(w.touched, int32(i))
	return w.arena[from:]
}

// At returns the figure of the indicator at a position of the library, for the n-th period of its unit (see Period.N); false where
// there is none.
func (w *Window) At(position, n int) (Figure, bool) {
	h := &w.heads[position]
	back := int(h.newest) - n
	if back < 0 || back >= int(h.n) {
		return Figure{}, false
	}
	f := w.arena[int(h.from)+back]
	return f, f.Mark != 0
}
