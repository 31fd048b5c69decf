// Package squeeze provides the compression of long texts before they are sealed: what is sealed no store can compress any more.
package squeeze

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

// Pack compresses JSON that is long, and leaves what is short as it is.
func Pack(json []byte) []byte {
	if len(json) < fewBytes {
		return json
	}
	var buf bytes.Buffer
	zip := zips.Get().(*gzip.Writer)
	defer zips.Put(zip)
	zip.Reset(&buf)
	if _, err := zip.Write(json); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := zip.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// Unpack gives back what [Pack] took. No JSON begins as its compressed form does.
func Unpack(b []byte) ([]byte, error) {
	if len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b {
		return b, nil
	}
	zip, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}
