package server

import (
	"context"
	"fmt"
	"time"

	"shixin/infra/samfile"
	"shixin/shared/access"
	"shixin/shared/access/claims"
	blobfile "shixin/shared/blob/file"
	"shixin/shared/blob/inbox"
	"shixin/shared/boot"
	"shixin/shared/fault"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/querylog"
	"shixin/shared/queue/memory"
	"shixin/shared/screening"
	"shixin/shared/table/bolt"
)

func (r *Running) ports(ctx context.Context, keyring *ring.Ring) (boot.Ports, error) {
	p := boot.Ports{
		Hash:   keyring, // proven by prove
		Seal:   tinkseal.New(keyring),
		Blobs:  blobfile.New(r.path("blobs")),
		Verify: r.verify,
		Policy: boot.Policy(r.config.Log),
		Log:    r.config.Log,
	}
	r.inbox = &inbox.Inbox{Store: p.Blobs, Seal: p.Seal.Seal, Open: p.Seal.Open, Base: r.URL, Now: r.clock.Now, Most: screening.MaxBytes}
	p.Uploads = r.inbox
	if r.config.Endpoint != "" {
		var err error
		if p.Table, err = openEndpoint(ctx, r.config.Endpoint, r.config.Table, r.config.Meter); err != nil {
			return p, err
		}
	} else {
		embedded, err := bolt.Open(r.path("table.db"))
		if err != nil {
			return p, err
		}
		r.onClose(embedded.Close)
		p.Table = embedded
	}
	return p, nil
}

// verify is what a function does by the issuer's key set, without the way over HTTP.
func (r *Running) verify(ctx context.Context, token string, now time.Time) (access.Principal, error) {
	c, err := r.issuer.Verify(ctx, token, now)
	if err != nil {
		return access.Principal{}, fault.New(fault.Unauthenticated, "the token does not verify: ask for a new one", "令牌验证未通过,请重新获取")
	}
	return claims.Principal(c)
}

// openFunctions reads the template and makes the functions that it names.
func (r *Running) openFunctions(ctx context.Context) error {
	var err error
	if r.template, err = samfile.Load(r.config.Template, samfile.Values{Parameters: map[string]string{"Issuer": r.URL}}); err != nil {
		return err
	}
	receives := 0
	for _, q := range r.template.Queues { // the least of them: what is not done here is found by a sweep, or kept by the spool
		if receives == 0 || q.MaxReceive < receives {
			receives = q.MaxReceive
		}
	}
	r.queues = memory.New(memory.Options{MaxReceives: receives, Log: r.config.Log})
	if r.spool, err = openSpool(r.path("queries.spool"), querylog.Queue, r.queues); err != nil {
		return err
	}
	r.onClose(r.spool.Close)
	r.Ports.Queue = r.spool
	if r.config.Lambda != "" {
		return r.openProcesses(ctx)
	}
	functions, err := r.config.Functions(r.portsOf)
	if err != nil {
		return err
	}
	for _, f := range r.template.Functions {
		if _, ok := functions[f.Name]; !ok {
			r.config.Log.Warn("not in this process; calls are answered 503", "function", f.Name)
		}
	}
	for name := range functions {
		if _, ok := r.template.Function(name); !ok {
			return fmt.Errorf("function %s is not in %s", name, r.config.Template)
		}
	}
	r.functions = newInProcess(r.template, functions)
	r.openQueues(64)
	return r.spool.resend(ctx)
}

// portsOf are the ports of one function, whose table is confined to what its role may reach.
func (r *Running) portsOf(function string) boot.Ports {
	p := r.Ports
	if r.config.Wrap != nil {
		p.Table = r.config.Wrap(p.Table)
	}
	p.Table = guarded{p.Table, function, r.template.Keys[function]}
	return p
}
