package likeness

// Mistyped says whether a text is another one with one character wrong, too many or too few, or with two neighbours in the other
// order. What is too many stands within it.
func Mistyped(is, want []rune) bool {
	from := 0
	for from < min(len(is), len(want)) && is[from] == want[from] {
		from++
	}
	to := 0
	for to < min(len(is), len(want))-from && is[len(is)-1-to] == want[len(want)-1-to] {
		to++
	}
	a, b := is[from:len(is)-to], want[from:len(want)-to]
	switch {
	case len(a) == 1 && len(b) == 0:
		return from > 0 && to > 0
	case len(a) <= 1 && len(b) == 1:
		return len(want) > 1
	}
	return len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
