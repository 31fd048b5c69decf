package screening

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/blob"
	"shixin/shared/fault"
	"shixin/shared/naming"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/repeat"
	"shixin/shared/screening/sheet"
)

// The limits of a file.
const (
	MaxRows  = 1_000_000
	MaxBytes = 512 << 20
	// UploadFor is how long an upload address takes a file.
	UploadFor = time.Hour
	// KeptFor is how long a file that is never started, and the results of one that is, are kept.
	KeptFor = 7 * 24 * time.Hour
)

// Order is the body of POST /v1/screenings. Operators say for personal identifiers in the file for what Purpose they ask.
type Order struct {
	Format    string   `json:"format"`
	Rows      *int     `json:"rows,omitempty"` // how many the file has: one that stopped half-way is then told from a short one
	Threshold *float64 `json:"threshold,omitempty"`
	Purpose   string   `json:"purpose,omitempty"`
}

func (o Order) check() error {
	var wrong fault.Wrong
	if o.Format != sheet.NDJSON && o.Format != sheet.CSV {
		wrong.Add("/format", "must be ndjson or csv", "须为 ndjson 或 csv")
	}
	if o.Rows != nil && (*o.Rows < 1 || *o.Rows > MaxRows) {
		wrong.Add("/rows", "must be a whole number from 1 to 1000000; look up more in several files", "须为 1 至 1000000 的整数,超出请分文件")
	}
	if t := o.Threshold; t != nil && !(*t >= 0 && *t <= 1) {
		wrong.Add("/threshold", "must be a number from 0 to 1", "须为 0 至 1 的数字")
	}
	if en, zh := wrongLine(o.Purpose); en != "" {
		wrong.Add("/purpose", en, zh)
	}
	return wrong.Fault()
}

// Create makes a screening that waits for its file and answers 201 with the address to send it to.
func (s *Screening) Create(ctx context.Context, call repeat.Call, o Order) (*repeat.Reply, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	all, err := sees(s.Policy, call.Who)
	if err != nil {
		return nil, err
	}
	return s.keeper().Once(ctx, call, func() (*repeat.Reply, error) {
		sc := &records.Screening{ID: records.NewID(call.Now), By: call.Who, All: all, At: moment(call.Now), Format: o.Format,
			Threshold: naming.ScreeningThreshold, State: records.ScreeningCreated, Expires: moment(call.Now.Add(KeptFor))}
		if o.Rows != nil {
			sc.Declared = *o.Rows
		}
		if o.Threshold != nil {
			sc.Threshold = *o.Threshold
		}
		if strings.TrimSpace(o.Purpose) != "" {
			var err error
			if sc.Purpose, err = s.Seal.Seal(ctx, []byte(o.Purpose), purposeBound(sc.ID)); err != nil {
				return nil, err
			}
		}
		address, err := s.Uploads.Address(ctx, uploadOf(sc.ID), UploadFor)
		if err != nil {
			return nil, err
		}
		reply := &repeat.Reply{Status: 201, Version: 1, Body: encode(struct {
			ID      string       `json:"id"`
			Upload  blob.Address `json:"upload"`
			Until   time.Time    `json:"upload_until"`
			Expires time.Time    `json:"expires_at"`
		}{sc.ID, address, moment(call.Now.Add(UploadFor)), sc.Expires})}
		b := &records.Batch{}
		b.PutScreening(sc)
		if err := s.keeper().Keep(ctx, call, reply, b); err != nil {
			return nil, err
		}
		return reply, s.Store.Commit(ctx, call.Now, b)
	})
}

func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func purposeBound(id string) []byte { return []byte("screening " + id + " purpose") }

func uploadOf(id string) string { return "uploads/" + id }

// own reads a screening of the caller. Another's is as if it was not there: it holds whom somebody asks about.
func (s *Screening) own(ctx context.Context, who access.Principal, now time.Time, id string) (*records.Screening, error) {
	sc, found, err := s.Store.Screening(ctx, now, id)
	if err != nil {
		return nil, err
	}
	if !found || sc.By.Account != who.Account || !now.Before(sc.Expires) {
		return nil, notFound()
	}
	return sc, nil
}

// Start takes the file that has come and leaves the rest to the workers. A file whose beginning cannot be read is refused at once.
func (s *Screening) Start(ctx context.Context, call repeat.Call, id string) (*repeat.Reply, error) {
	return s.keeper().Once(ctx, call, func() (*repeat.Reply, error) {
		sc, err := s.own(ctx, call.Who, call.Now, id)
		if err != nil {
			return nil, err
		}
		if !call.Matches(sc.Version()) {
			return nil, fault.New(fault.Stale, "the screening has changed since; read it again", "该批量查询已变更,请重新读取")
		}
		switch sc.State {
		case records.ScreeningCreated:
		case records.ScreeningFailed:
			return nil, hasFailed(sc)
		default: // it was started before
			s.send(ctx, id)
			return progress(202, sc), nil
		}
		refused, err := s.receive(ctx, sc)
		if errors.Is(err, blob.ErrNotFound) {
			return nil, s.notCome(ctx, call, sc)
		}
		if err != nil {
			return nil, err
		}
		b := &records.Batch{}
		b.PutScreening(sc)
		sc.Stored() // the reply tells the version that this makes
		reply := progress(202, sc)
		if refused == nil {
			if err := s.keeper().Keep(ctx, call, reply, b); err != nil {
				return nil, err
			}
		}
		if err := s.Store.Commit(ctx, call.Now, b); err != nil {
			return nil, err
		}
		if refused != nil {
			return nil, errors.Join(anew(refused), s.dropUpload(ctx, call.Now, sc))
		}
		s.send(ctx, id)
		return reply, nil
	})
}

// notCome says why there is no file: none has come, or another call has started the screening meanwhile, and then it is looked at again.
func (s *Screening) notCome(ctx context.Context, call repeat.Call, read *records.Screening) error {
	sc, err := s.own(ctx, call.Who, call.Now, read.ID)
	if err != nil {
		return err
	}
	if sc.Version() != read.Version() {
		return &records.Lost{What: []string{"screening"}}
	}
	return fault.New(fault.Conflict, "no file has come yet: send it whole to the upload address, and then start", "尚未收到文件:请先将文件完整上传至上传地址,再启动")
}

// receive looks at what has come: the screening is planned, or failed with a refusal.
func (s *Screening) receive(ctx context.Context, sc *records.Screening) (refused error, err error) {
	size, err := s.Uploads.Size(ctx, uploadOf(sc.ID))
	if err != nil {
		return nil, err
	}
	sc.Kept, sc.Size = true, size
	if size > MaxBytes {
		return fail(sc, fault.New(fault.TooLarge, fmt.Sprintf("the file has %d bytes and may have %d; look it up in parts", size, int64(MaxBytes)), "文件过大,请分文件查询")), nil
	}
	head, err := s.Uploads.Read(ctx, uploadOf(sc.ID), 0, 2*sheet.MaxRecord)
	if err != nil {
		return nil, err
	}
	layout, err := sheet.Inspect(sc.Format, head, int64(len(head)) == size)
	if err != nil {
		return fail(sc, err), nil
	}
	sc.Layout, sc.State = encode(layout), records.ScreeningPlanned
	return nil, nil
}

// fail ends a screening for a reason that its sender can mend.
func fail(sc *records.Screening, why error) error {
	sc.State, sc.Detail = records.ScreeningFailed, why.Error()
	if f, ok := errors.AsType[*fault.Fault](why); ok {
		sc.Detail = f.Detail
	}
	return why
}

const anewEN, anewZH = "mend the file and begin anew with POST /v1/screenings", "请修正文件后以 POST /v1/screenings 重新开始"

// anew adds to a refusal how to go on.
func anew(refused error) error {
	if f, ok := errors.AsType[*fault.Fault](refused); ok {
		more := *f
		more.Detail += "; " + fault.Both(anewEN, anewZH)
		return &more
	}
	return refused
}

// hasFailed refuses a call on a screening that has failed, which it does for good.
func hasFailed(sc *records.Screening) error {
	return fault.New(fault.Conflict, "the screening has failed for good, and its address takes no other file: "+anewEN, "批量查询已失败且不可恢复,其上传地址不再接收文件:"+anewZH+";"+sc.Detail)
}

// send tells a worker. The message is a hint: a sweep finds the screening without it.
func (s *Screening) send(ctx context.Context, id string) {
	err := s.Queue.Send(ctx, queue.Message{Queue: ScreeningQueue, Body: string(encode(map[string]string{"screening": id}))})
	if err != nil {
		s.log().WarnContext(ctx, "a worker was not told", "error", err)
	}
}

// Progress is how far a screening came, as GET /v1/screenings/{id} shows it.
type Progress struct {
	ID          string                  `json:"id"`
	State       records.ScreeningState  `json:"state"`
	Detail      string                  `json:"detail,omitempty"` // why it failed
	Format      string                  `json:"format"`
	Scope       string                  `json:"scope"`
	Rows        int                     `json:"rows"`     // of the file; 0 until it was read through
	Screened    int                     `json:"screened"` // rows that have a result
	Counts      records.ScreeningCounts `json:"counts"`
	Algorithm   string                  `json:"algorithm,omitempty"`
	Threshold   float64                 `json:"threshold"`
	ListVersion *int64                  `json:"list_version"` // that all rows meet; null until it is pinned
	AsOf        *time.Time              `json:"as_of"`
	CreatedAt   time.Time               `json:"created_at"`
	ClosedAt    *time.Time              `json:"closed_at"`
	ExpiresAt   time.Time               `json:"expires_at"`
}

func progressOf(sc *records.Screening) Progress {
	p := Progress{ID: sc.ID, State: sc.State, Detail: sc.Detail, Format: sc.Format, Scope: "published", Rows: sc.Rows, Screened: sc.Counts.Rows(), Counts: sc.Counts,
		Threshold: sc.Threshold, CreatedAt: sc.At, ClosedAt: sc.Closed, ExpiresAt: sc.Expires}
	if sc.All {
		p.Scope = "all"
	}
	if sc.Pins != nil {
		p.Algorithm, p.ListVersion, p.AsOf = sc.Pins.Algorithm, &sc.Pins.ListVersion, &sc.Pins.At
	}
	return p
}

func progress(status int, sc *records.Screening) *repeat.Reply {
	return &repeat.Reply{Status: status, Version: sc.Version(), Body: encode(progressOf(sc))}
}

// Read shows how far a screening came.
func (s *Screening) Read(ctx context.Context, who access.Principal, now time.Time, id string) (*repeat.Reply, error) {
	sc, err := s.own(ctx, who, now, id)
	if err != nil {
		return nil, err
	}
	return progress(200, sc), nil
}
