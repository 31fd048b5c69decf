package bench

import (
	"testing"
	"time"
)

// rate reports how often something is done in a second: on the clock, and per second of the processor, garbage collection included, which a
// busy machine does not falsify.
type rate struct {
	b   *testing.B
	cpu time.Duration
}

func begin(b *testing.B) rate {
	b.ReportAllocs()
	b.ResetTimer()
	return rate{b, cpuTime()}
}

func (r rate) report(unit string) {
	r.b.ReportMetric(float64(r.b.N)/r.b.Elapsed().Seconds(), unit+"/s")
	if used := cpuTime() - r.cpu; used > 0 {
		r.b.ReportMetric(float64(r.b.N)/used.Seconds(), unit+"/cpu-s")
	}
}
