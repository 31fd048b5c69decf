package register

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"
)

// fewBytes is what is not worth compressing.
const fewBytes = 4 << 10

// zips are kept because a new one costs a megabyte.
var zips = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// squeeze compresses JSON that is long.
func squeeze(plain []byte) []byte {
	if len(plain) < fewBytes {
		return plain
	}
	var buf bytes.Buffer
	zip := zips.Get().(*gzip.Writer)
	defer zips.Put(zip)
	zip.Reset(&buf)
	if _, err := zip.Write(plain); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := zip.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// unsqueeze gives back what squeeze took.
func unsqueeze(b []byte) ([]byte, error) {
	if len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b {
		return b, nil
	}
	zip, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}
