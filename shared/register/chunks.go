package register

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// chunkBytes is the size of a chunk of rows before it is compressed and sealed. One row that is larger has a chunk of its own.
const chunkBytes = 120 << 10

// keptRow is a row as chunks keep it.
type keptRow struct {
	Line int `json:"line"`
	Row  Row `json:"row"`

	size int // in bytes of a chunk, once it was read from there
}

// sealRows packs rows into sealed chunks and tells how many rows are in each.
func (r *Register) sealRows(ctx context.Context, id string, rows []keptRow) (chunks [][]byte, sizes []int, err error) {
	for len(rows) > 0 {
		var buf bytes.Buffer
		zip := gzip.NewWriter(&buf)
		n, size := 0, 0
		for n < len(rows) {
			line := append(encodeJSON(rows[n]), '\n')
			if size += len(line); n > 0 && size > chunkBytes {
				break
			}
			if _, err := zip.Write(line); err != nil {
				return nil, nil, err
			}
			n++
		}
		if err := zip.Close(); err != nil {
			return nil, nil, err
		}
		sealed, err := r.Seal.Seal(ctx, buf.Bytes(), chunkBound(id, len(chunks)))
		if err != nil {
			return nil, nil, err
		}
		chunks, sizes, rows = append(chunks, sealed), append(sizes, n), rows[n:]
	}
	return chunks, sizes, nil
}

func (r *Register) openRows(ctx context.Context, now time.Time, id string, n int) ([]keptRow, error) {
	sealed, err := r.Store.Chunk(ctx, now, id, n)
	if err != nil {
		return nil, err
	}
	packed, err := r.Seal.Open(ctx, sealed, chunkBound(id, n))
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var rows []keptRow
	for dec := json.NewDecoder(zip); ; {
		var row keptRow
		before := dec.InputOffset()
		switch err := dec.Decode(&row); {
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return nil, err
		}
		row.size = int(dec.InputOffset() - before)
		rows = append(rows, row)
	}
}

func chunkBound(id string, n int) []byte { return fmt.Appendf(nil, "import %s %d", id, n) }
