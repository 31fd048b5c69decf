package boot

import (
	"context"
	"time"

	"shixin/shared/keys"
	"shixin/shared/lazy"
	"shixin/shared/records"
)

// sentinel is the stored proof of the hash keys.
type sentinel struct {
	Hash string `json:"hash"`
}

// sentinelMeta names the document.
const sentinelMeta = "sentinel"

// Prove returns the hasher, which at its first use in a process compares its key with the one that the stored data was made with: a wrong
// key must never make everybody clear. Before [Plant] there is nothing to compare with, and nobody is listed.
func Prove(store *records.Store, h keys.Hasher) keys.Hasher {
	return &proven{h, lazy.New(func(ctx context.Context) (bool, error) {
		var s sentinel
		version, err := store.Meta(ctx, time.Now(), sentinelMeta, &s)
		if err != nil || version == 0 {
			return false, err
		}
		_, err = keys.CheckSentinel(ctx, h, s.Hash)
		return err == nil, err
	})}
}

type proven struct {
	keys.Hasher
	check *lazy.Value[bool]
}

// Hash implements keys.Hasher.
func (p *proven) Hash(ctx context.Context, normal string) (string, error) {
	if _, err := p.check.Get(ctx); err != nil {
		return "", err
	}
	return p.Hasher.Hash(ctx, normal)
}

// Plant is [Prove] for those who write listings: it also stores the proof when there is none yet.
func Plant(store *records.Store, h keys.Hasher) keys.Hasher {
	return &proven{h, lazy.New(func(ctx context.Context) (bool, error) {
		err := plant(ctx, store, h)
		return err == nil, err
	})}
}

func plant(ctx context.Context, store *records.Store, h keys.Hasher) error {
	var s sentinel
	version, err := store.Meta(ctx, time.Now(), sentinelMeta, &s)
	if err != nil {
		return err
	}
	if version > 0 {
		_, err := keys.CheckSentinel(ctx, h, s.Hash)
		return err
	}
	if s.Hash, err = keys.Sentinel(ctx, h); err != nil {
		return err
	}
	if err := store.PutMeta(ctx, time.Now(), sentinelMeta, 0, s); records.IsLost(err) { // another process planted it
		return plant(ctx, store, h)
	} else if err != nil {
		return err
	}
	return nil
}
