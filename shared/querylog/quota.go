package querylog

import (
	"context"
	"fmt"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/inquiry"
	"shixin/shared/records"
	"shixin/shared/workday"
)

// standing is what was read of a caller's quota.
type standing struct {
	read time.Time     // by the machine's clock
	used records.Quota // that is used up
}

const (
	quotaFor    = time.Minute
	manyCallers = 10_000 // are remembered at most
)

// Admit refuses a signed-in caller whose quota of identifiers for today is used up: fault.RateLimited until the day ends,
// Asia/Shanghai.
//
// Identifiers are counted where the log is written, and a process looks once a minute. So no caller is stopped before the log has as many
// identifiers of it as its quota, and none is answered later than a minute, and what the log's queue takes, after that.
func (l *Log) Admit(ctx context.Context, who access.Principal, now time.Time) error {
	if who.Role == access.Anonymous {
		return nil
	}
	caller := inquiry.Caller(who)
	l.quotas.mu.Lock()
	s, known := l.quotas.seen[caller]
	l.quotas.mu.Unlock()
	if !known || time.Since(s.read) > quotaFor {
		s = standing{read: time.Now()}
		var err error
		if s.used, err = l.Store.Exhausted(ctx, now, caller); err != nil {
			return err
		}
		l.quotas.mu.Lock()
		if l.quotas.seen == nil || len(l.quotas.seen) >= manyCallers {
			l.quotas.seen = map[string]standing{}
		}
		l.quotas.seen[caller] = s
		l.quotas.mu.Unlock()
	}
	today := workday.DayOf(now)
	if s.used.Day != today {
		return nil
	}
	anew := today.AddDays(1).Start()
	f := fault.New(fault.RateLimited, fmt.Sprintf("the %d identifiers a day that this caller may ask for are used up; its quota begins anew at %s", s.used.Limit, anew.Format(time.RFC3339)),
		fmt.Sprintf("今日可查询的 %d 个标识已用尽,配额于 %s 重新计算", s.used.Limit, anew.Format(time.RFC3339)))
	f.RetryAfter = anew.Sub(now)
	f.Quota = &fault.Quota{Limit: s.used.Limit, Resets: anew}
	return f
}
