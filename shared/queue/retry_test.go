package queue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/queue"
)

func TestRetry(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("anything"), true},
		{context.DeadlineExceeded, true},
		{fault.New(fault.Unavailable, "later", "稍后"), true},
		{fault.New(fault.RateLimited, "later", "稍后"), true},
		{fault.New(fault.Stale, "another was faster", "已被修改"), true},
		{fault.New(fault.NotFound, "gone", "不存在"), false},
		{fault.At("/id", "wrong", "有误"), false},
		{fault.New(fault.Conflict, "done already", "已完成"), false},
		{fault.New(fault.Forbidden, "not yours", "无权"), false},
		{fmt.Errorf("slice 3: %w", fault.New(fault.Malformed, "cursor", "游标")), false},
		{fault.New("a kind to come", "?", "?"), true},
	} {
		if got := queue.Retry(tc.err); got != tc.want {
			t.Errorf("Retry(%v) = %v", tc.err, got)
		}
	}
}
