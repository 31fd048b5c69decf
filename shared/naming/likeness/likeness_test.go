package likeness

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		least, most float32
	}{
		{"smith", "smith", 1, 1}, {"mohammed", "muhammad", 0.75, 0.99}, {"vladimirovich", "wladimirovikh", 0.85, 0.99}, {"zenkin", "zenikn", 0.8, 0.9}, {"john", "jon", 0.85, 0.95},
		{"hidri", "hdiri", 0.75, 0.9}, {"smith", "jones", 0, 0}, {"ab", "cd", 0, 0}, {"vb", "wb", 0.6, 0.8}, {"", "a", 0, 0}, {"", "", 1, 1}, {strings.Repeat("a", 41), strings.Repeat("a", 42), 0, 0},
	} {
		if got := Words(c.a, c.b); got < c.least || got > c.most {
			t.Errorf("%s and %s: %.3f, want %.2f to %.2f", c.a, c.b, got, c.least, c.most)
		}
	}
}

var word = rapid.StringMatching(`[a-z]{3,12}`)

func TestWordsMeasure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if x, y := Words(a, b), Words(b, a); x != y || x < 0 || x > 1 || (x == 1) != (a == b) {
			t.Fatalf("%s and %s: %v and %v", a, b, x, y)
		}
	})
}

// A word with one error has a spelling in common with the word that was meant: this is what finds it.
func TestSpellingsMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		meant := word.Draw(t, "meant")
		i := rapid.IntRange(0, len(meant)-1).Draw(t, "at")
		letter := rapid.StringMatching(`[a-z]`).Draw(t, "letter")
		wrong := meant
		switch rapid.IntRange(0, 3).Draw(t, "error") {
		case 0:
			wrong = meant[:i] + meant[i+1:]
		case 1:
			wrong = meant[:i] + letter + meant[i+1:]
		case 2:
			wrong = meant[:i] + letter + meant[i:]
		case 3:
			if i+1 < len(meant) {
				wrong = meant[:i] + meant[i+1:i+2] + meant[i:i+1] + meant[i+2:]
			}
		}
		if len(wrong) < 3 {
			return
		}
		keys := map[string]bool{}
		Spellings(meant, func(key []byte) { keys[string(key)] = true })
		met := false
		Spellings(wrong, func(key []byte) { met = met || keys[string(key)] })
		if !met {
			t.Fatalf("%s and %s share no spelling", meant, wrong)
		}
	})
}
