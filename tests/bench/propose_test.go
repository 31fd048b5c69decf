package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"shixin/shared/access"
	"shixin/shared/boot/registering"
	"shixin/shared/register"
)

// BenchmarkPropose lets 64 officers propose at once, beside the same proposals one by one. A write that shares its disk sync with others is
// counted by the table.
func BenchmarkPropose(b *testing.B) {
	for _, at := range []struct {
		name      string
		proposers int
	}{{"one by one", 1}, {"64 joined", 64}} {
		b.Run(at.name, func(b *testing.B) {
			d := open(b)
			r := registering.New(d.ports)
			propose := func(i int) {
				if _, err := r.Propose(context.Background(), register.Call{Who: proposer(i), Now: now}, proposal(i)); err != nil {
					b.Error(err)
				}
			}
			propose(0) // parses the law and plants the key's proof
			writes, syncs := d.table.Stats()
			rate := begin(b)
			var next atomic.Int64
			var proposers sync.WaitGroup
			turns := make(chan struct{})
			for range at.proposers {
				proposers.Go(func() {
					for range turns {
						propose(int(next.Add(1)))
					}
				})
			}
			for b.Loop() {
				turns <- struct{}{}
			}
			close(turns)
			proposers.Wait()
			rate.report("proposals")
			allWrites, allSyncs := d.table.Stats()
			b.ReportMetric(float64(allWrites-writes)/float64(allSyncs-syncs), "writes/sync")
			b.ReportMetric(float64(allWrites-writes)/float64(b.N), "writes/proposal")
		})
	}
}

// proposer is one of 64 officers of one authority.
func proposer(i int) access.Principal {
	name := fmt.Sprintf("officer-%d", i%64)
	return access.Principal{Account: name, Person: name, Role: access.Officer, Authority: "bench", Level: access.National, Region: "000000",
		Sectors: []string{"telecom", "finance", "internet"}}
}

func proposal(i int) register.Proposal {
	return register.Proposal{
		Regime: "market-regulation", Ground: "serious-violation",
		Subject: register.Subject{Kind: "organization",
			Names:       []register.Name{{Text: "示例(虚构)", Lang: "zh"}},
			Identifiers: []register.Identifier{{Scheme: "uscc", Value: uscc(i)}}},
		Facts: "Made for a benchmark.", LegalBasis: []string{"none"},
		Evidence: []register.Evidence{{Title: "none", SHA256: "0000000000000000000000000000000000000000000000000000000000000000"}},
	}
}
