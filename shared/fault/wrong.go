package fault

// maxWrong is how many wrong fields an answer names at the most.
const maxWrong = 100

// Wrong collects the wrong fields of one input, so that a caller mends them all at once: at most 100.
type Wrong struct{ fields []Field }

// Add names the field at a JSON pointer and what to do about it.
func (w *Wrong) Add(pointer, en, zh string) { w.add(pointer, Both(en, zh)) }

// Err names the field at a JSON pointer where err, whose text is for callers, says what is wrong with it; nil is nothing.
func (w *Wrong) Err(pointer string, err error) {
	if err != nil {
		w.add(pointer, err.Error())
	}
}

func (w *Wrong) add(pointer, detail string) {
	if len(w.fields) < maxWrong {
		w.fields = append(w.fields, Field{Pointer: pointer, Detail: detail})
	}
}

// Any reports whether something is wrong.
func (w *Wrong) Any() bool { return len(w.fields) > 0 }

// Fault is one Invalid fault about all of it, nil when nothing is wrong.
func (w *Wrong) Fault() error {
	if !w.Any() {
		return nil
	}
	return Fields(w.fields...)
}
