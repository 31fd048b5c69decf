package squeeze

import (
	"bytes"
	"strings"
	"testing"
)

func TestTightAndLoose(t *testing.T) {
	for _, text := range []string{"", "x", strings.Repeat("pppfpnnn", 500)} {
		tight := Tight([]byte(text))
		got, err := Loose(tight)
		if err != nil || !bytes.Equal(got, []byte(text)) {
			t.Errorf("%d bytes come back as %d, %v", len(text), len(got), err)
		}
		if len(text) > 1000 && len(tight) > len(text)/20 {
			t.Errorf("%d bytes are %d", len(text), len(tight))
		}
	}
	if _, err := Loose([]byte("no such stream")); err == nil {
		t.Error("what was not compressed is read")
	}
}
