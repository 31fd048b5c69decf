package squeeze

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"
)

var flates = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// maxLoose bounds what Loose makes of a text that is not what Tight made.
const maxLoose = 16 << 20

// Tight compresses whatever the length, without a header.
func Tight(text []byte) []byte {
	var buf bytes.Buffer
	w := flates.Get().(*flate.Writer)
	defer flates.Put(w)
	w.Reset(&buf)
	if _, err := w.Write(text); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// Loose gives back what [Tight] took.
func Loose(b []byte) ([]byte, error) {
	return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxLoose))
}
