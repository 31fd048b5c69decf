package compliance

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
)

// Plan is the shards that a run looks at, ascending, each with how many enterprises its first pass has counted there.
type Plan []Share

// Share is one shard of a plan.
type Share struct {
	Shard       int
	Enterprises int
}

var errPlan = errors.New("compliance: the plan of a run is damaged")

// Of is the share of one shard; false where the plan leaves it out.
func (p Plan) Of(shard int) (Share, bool) {
	i, has := slices.BinarySearchFunc(p, shard, func(s Share, shard int) int { return s.Shard - shard })
	if !has {
		return Share{}, false
	}
	return p[i], true
}

// MarshalText packs the plan: for each shard how far it is from the one before and its count, as varints in base64. All 256 come to a kilobyte,
// which a run's item holds; an item for each shard would cost a write each.
func (p Plan) MarshalText() ([]byte, error) {
	var b []byte
	next := 0
	for _, s := range p {
		if s.Shard < next || s.Enterprises < 0 {
			return nil, errPlan
		}
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(s.Shard-next)), uint64(s.Enterprises))
		next = s.Shard + 1
	}
	return base64.RawStdEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText reads what MarshalText wrote.
func (p *Plan) UnmarshalText(text []byte) error {
	b, err := base64.RawStdEncoding.DecodeString(string(text))
	if err != nil {
		return errPlan
	}
	*p = nil
	next := 0
	number := func() int {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > 1<<31 {
			err = errPlan
			return 0
		}
		b = b[n:]
		return int(v)
	}
	for len(b) > 0 {
		gap := number()
		s := Share{Shard: next + gap, Enterprises: number()}
		if err != nil {
			return err
		}
		*p = append(*p, s)
		next = s.Shard + 1
	}
	return nil
}
