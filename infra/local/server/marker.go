package server

import (
	"context"
	"errors"
	"fmt"

	"shixin/shared/keys"
	"shixin/shared/records"
)

// deployment is the document that a table carries about who made it. A deployed register has none of the local run's,
// so that a mistyped endpoint cannot put development data among real ones.
type deployment struct {
	By     string `json:"by"`
	Keys   string `json:"keys"`   // keys.Sentinel of the keyring that belongs to the table
	Sealed []byte `json:"sealed"` // keys.SealedSentinel
}

const byLocal = "infra/local"

// prove refuses a table that the local run did not make, or that was made with other keys: to hash with a wrong key is to find nobody.
func (r *Running) prove(ctx context.Context, hasher keys.Hasher) error {
	store, now := records.Store{Table: r.Ports.Table}, r.clock.Now()
	var d deployment
	version, err := store.Meta(ctx, now, "deployment", &d)
	if err != nil {
		return fmt.Errorf("table: %w", err)
	}
	if version == 0 {
		if t, ok := r.Ports.Table.(endpointTable); ok {
			empty, err := t.empty(ctx)
			if err != nil {
				return fmt.Errorf("table: %w", err)
			}
			if !empty {
				return fmt.Errorf("the table %s at %s was not made by the local run; name another endpoint, or delete the table if nobody needs it", r.config.Table, r.config.Endpoint)
			}
		}
		d.By = byLocal
		if d.Sealed, err = keys.SealedSentinel(ctx, r.Ports.Seal); err != nil {
			return err
		}
		if d.Keys, err = keys.Sentinel(ctx, hasher); err != nil {
			return err
		}
		return store.PutMeta(ctx, now, "deployment", 0, d)
	}
	if d.By != byLocal {
		return errors.New("the table belongs to a deployment and not to the local run; name another endpoint or another -data folder")
	}
	next, err := keys.CheckSentinel(ctx, hasher, d.Keys)
	if err == nil {
		err = keys.CheckSealedSentinel(ctx, r.Ports.Seal, d.Sealed)
	}
	if err != nil {
		return fmt.Errorf("%w: put back %s as it was when the table was made", err, r.path("keys.json"))
	}
	if next == d.Keys {
		return nil
	}
	d.Keys = next
	return store.PutMeta(ctx, now, "deployment", version, d)
}
