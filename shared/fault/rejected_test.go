package fault_test

import (
	"errors"
	"slices"
	"testing"

	"shixin/shared/fault"
)

func TestReject(t *testing.T) {
	var two fault.Wrong
	two.Add("/name", "is required", "必填")
	two.Add("/region", "is no region", "行政区划有误")
	for what, c := range map[string]struct {
		err  error
		want []fault.Rejected
	}{
		"two fields":  {two.Fault(), []fault.Rejected{{7, "/name", "is required · 必填"}, {7, "/region", "is no region · 行政区划有误"}}},
		"a whole row": {fault.New(fault.Forbidden, "is not yours", "无权办理"), []fault.Rejected{{7, "", "is not yours · 无权办理"}}},
		"no fault":    {errors.New("cannot be read"), []fault.Rejected{{7, "", "cannot be read"}}},
	} {
		if got := fault.Reject(7, c.err); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", what, got, c.want)
		}
	}
}
