package bolt

import (
	"encoding/binary"
	"fmt"
	"time"

	"shixin/shared/table"
)

// The file holds two buckets:
//
//	items   partition length (2 bytes), partition, sort  ->  format (1), version (8), expiry (8), document
//	expiry  expiry (8), key in items                     ->  nothing
//
// All numbers are big-endian. The length before the partition keeps partitions apart whatever bytes they hold, so
// that within one the order is that of the sort key's bytes. The second bucket lets a sweep find what has expired
// without reading anything else.
var (
	itemsBucket  = []byte("items")
	expiryBucket = []byte("expiry")
)

const (
	format     = 1
	headerSize = 1 + 8 + 8
)

func appendPartition(b []byte, partition string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(partition)))
	return append(b, partition...)
}

func appendKey(b []byte, k table.Key) []byte {
	return append(appendPartition(b, k.Partition), k.Sort...)
}

func expiryKey(expires int64, key []byte) []byte {
	b := make([]byte, 0, 8+len(key))
	return append(binary.BigEndian.AppendUint64(b, uint64(expires)), key...)
}

// stored is a value as it lies in the file; doc is the file's memory and must be copied before it leaves a transaction.
type stored struct {
	version, expires int64
	doc              []byte
}

func encode(i table.Item) []byte {
	b := make([]byte, 0, headerSize+len(i.Doc))
	b = append(b, format)
	b = binary.BigEndian.AppendUint64(b, uint64(i.Version))
	b = binary.BigEndian.AppendUint64(b, uint64(i.ExpiresUnix()))
	return append(b, i.Doc...)
}

func decode(v []byte) (stored, error) {
	if len(v) <= headerSize || v[0] != format {
		return stored{}, fmt.Errorf("table/bolt: an item is not in format %d: the file is damaged or was written by a newer version", format)
	}
	return stored{
		version: int64(binary.BigEndian.Uint64(v[1:])),
		expires: int64(binary.BigEndian.Uint64(v[9:])),
		doc:     v[headerSize:],
	}, nil
}

func (s stored) item(k table.Key) table.Item {
	i := table.Item{Key: k, Version: s.version, Doc: append([]byte(nil), s.doc...)}
	if s.expires != 0 {
		i.Expires = time.Unix(s.expires, 0).UTC()
	}
	return i
}
