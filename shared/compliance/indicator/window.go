package indicator

// Window looks at the packed figures of one enterprise after another without making anything new. It is not safe for concurrent use.
type Window struct {
	library *Library
	packed  []byte
	heads   []head // by the indicator's position in the library
	touched []int32
	arena   []float64
	take    func(k block) []float64
}

// head is where a window has the values of an indicator.
type head struct {
	present uint64
	newest  int32
	from    int32
	runs    int32
}

// NewWindow makes an empty window.
func NewWindow(l *Library) *Window {
	w := &Window{library: l, heads: make([]head, l.Len()), arena: make([]float64, 0, 1024)}
	w.take = w.slots
	return w
}

// Read looks at other packed figures, which must not change before the next Read. Those of indicators that the library does not know are
// passed over, as they are where an indicator is now reported for another kind of period. The error wraps ErrFigures; the window is
// empty then.
func (w *Window) Read(packed []byte) error {
	w.clear()
	if len(packed) == 0 {
		return nil
	}
	w.packed = packed
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
	w.touched, w.arena, w.packed = w.touched[:0], w.arena[:0], nil
}

func (w *Window) slots(k block) []float64 {
	i := w.library.Position(k.code)
	if i < 0 || w.library.all[i].Period != k.newest.Unit {
		return nil
	}
	from := len(w.arena)
	if from+k.n > cap(w.arena) {
		grown := make([]float64, from, 2*cap(w.arena)+k.n)
		copy(grown, w.arena)
		w.arena = grown
	}
	w.arena = w.arena[:from+k.n]
	w.heads[i] = head{k.present, int32(k.newest.N), int32(from), int32(k.runs)}
	w.touched = append(w.touched, int32(i))
	return w.arena[from:]
}

// Value returns the value of the indicator at a position of the library, for the n-th period of its unit (see Period.N); false where
// there is none.
func (w *Window) Value(position, n int) (float64, bool) {
	h := &w.heads[position]
	back := uint(int(h.newest) - n)
	if h.present>>back&1 == 0 { // a shift by 64 and more leaves nothing
		return 0, false
	}
	return w.arena[int(h.from)+int(back)], true
}

// At returns the whole figure that Value is of.
func (w *Window) At(position, n int) (Figure, bool) {
	v, ok := w.Value(position, n)
	if !ok {
		return Figure{}, false
	}
	h := &w.heads[position]
	f := Figure{Value: v}
	k := block{present: h.present, runs: int(h.runs)}
	k.tags(w.packed, func(slot int, m Mark, revision int) {
		if slot == int(h.newest)-n {
			f.Mark, f.Revision = m, revision
		}
	})
	return f, true
}
