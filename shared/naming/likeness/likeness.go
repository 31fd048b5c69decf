// Package likeness provides how near two words are that were meant to be the same.
package likeness

// MaxLetters is how much of a word is compared. Longer words are equal or not.
const MaxLetters = 40

// Key is the sound of a Latin word of lower case, roughly, letter by letter: what transliterations and spellings differ in
// is one letter or none. A single typing error in a word changes its key by a single letter at most, but for doubled letters.
// It appends to into, which may be nil.
func Key(word string, into []byte) []byte {
	from := len(into)
	for i := range min(len(word), MaxLetters) {
		c := sounds[word[i]]
		if c == 0 || c == last(into, from) && !vowel(c) {
			continue
		}
		into = append(into, c)
	}
	if len(into) == from && len(word) > 0 { // an H alone
		into = append(into, word[0])
	}
	return into
}

func last(b []byte, from int) byte {
	if len(b) == from {
		return 0
	}
	return b[len(b)-1]
}

func vowel(c byte) bool { return c == 'a' || c == 'i' || c == 'u' }

// sounds maps each letter to the one that stands for all that it is exchanged with; 0 is silent.
var sounds = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	for _, pair := range []string{"ck", "qk", "xk", "wv", "yi", "ji", "ei", "ou", "zs"} {
		t[pair[0]] = pair[1]
	}
	t['h'] = 0
	return t
}()

// Costs of differences between two words. A letter that is simply another costs 1.
const (
	near   = 0.4  // letters that transliterations exchange
	vocal  = 0.7  // one vowel for another
	silent = 0.35 // a letter h, or a doubled letter
	swap   = 0.85 // two neighbours in the other order
	other  = 1
)

var exchanged = func() (t [26][26]bool) {
	for _, p := range []string{"ck", "cq", "kq", "vw", "iy", "sz", "cs", "gj", "ij", "jy", "fv", "ou", "ei", "ey", "gh", "hk", "bp", "dt", "fp", "gk", "ks", "jz", "cx", "hx", "ae", "bv", "sx"} {
		a, b := p[0]-'a', p[1]-'a'
		t[a][b], t[b][a] = true, true
	}
	return t
}()

func replace(a, b byte) float32 {
	if a == b {
		return 0
	}
	if a < 'a' || b < 'a' || a > 'z' || b > 'z' {
		return other
	}
	if exchanged[a-'a'][b-'a'] {
		return near
	}
	if isVowel[a-'a'] && isVowel[b-'a'] {
		return vocal
	}
	return other
}

var isVowel = [26]bool{'a' - 'a': true, 'e' - 'a': true, 'i' - 'a': true, 'o' - 'a': true, 'u' - 'a': true, 'y' - 'a': true}

func drop(word string, i int) float32 {
	c := word[i]
	if i > 0 && word[i-1] == c || c == 'h' && i > 0 {
		return silent
	}
	return other
}

// Distance is the least cost of turning one word into the other by single letters and swaps of neighbours. It gives up and
// returns a greater number when the cost exceeds most.
func Distance(a, b string, most float32) float32 {
	const tooFar = 1e6
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) > MaxLetters || float32(len(b)-len(a))*silent > most {
		return tooFar
	}
	for len(a) > 0 && a[len(a)-1] == b[len(b)-1] { // what both end with costs nothing
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	var rows [3][MaxLetters + 1]float32
	before, row, next := &rows[0], &rows[1], &rows[2]
	for j := range len(b) {
		row[j+1] = row[j] + drop(b, j)
	}
	for i := range len(a) {
		down := drop(a, i)
		next[0] = row[0] + down
		least := next[0]
		for j := range len(b) {
			d := min(row[j]+replace(a[i], b[j]), row[j+1]+down, next[j]+drop(b, j))
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] && a[i] != a[i-1] {
				d = min(d, before[j-1]+swap)
			}
			next[j+1] = d
			least = min(least, d)
		}
		if least > most {
			return tooFar
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// Words is how alike two words are, from 0 to 1. Short words have to agree better than long ones.
func Words(a, b string) float32 {
	if a == b {
		return 1
	}
	length := float32(max(len(a), len(b)))
	if length < 3 {
		return 0
	}
	// What is beyond this share of a word is another word.
	most := length * 0.34
	d := Distance(a, b, most)
	if d > most {
		return 0
	}
	return 1 - d/(length*0.85+0.4)
}
