package squeeze_test

import (
	"bytes"
	"strings"
	"testing"

	"shixin/shared/squeeze"
)

func TestPack(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		shorter bool
	}{
		"nothing": {"", false},
		"short":   {`{"a":1}`, false},
		"long":    {`"` + strings.Repeat("事实清楚", 2000) + `"`, true},
	} {
		packed := squeeze.Pack([]byte(c.text))
		if (len(packed) < len(c.text)) != c.shorter {
			t.Errorf("%s: %d bytes became %d", name, len(c.text), len(packed))
		}
		again, err := squeeze.Unpack(packed)
		if err != nil || string(again) != c.text {
			t.Errorf("%s: %d bytes came back, %v", name, len(again), err)
		}
	}
}

// What is cut off or altered is an error, and never another text.
func TestUnpackDamaged(t *testing.T) {
	packed := squeeze.Pack(bytes.Repeat([]byte("facts "), 2000))
	for name, b := range map[string][]byte{"cut off": packed[:len(packed)-9], "a header alone": packed[:2]} {
		if got, err := squeeze.Unpack(b); err == nil {
			t.Errorf("%s: %d bytes came back", name, len(got))
		}
	}
}
