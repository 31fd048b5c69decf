// Package querylog provides the worker that appends queries to the log of who asked what.
package querylog

import (
	"log/slog"
	"os"
	"strconv"

	"shixin/shared/boot"
	"shixin/shared/boot/ledgers"
	"shixin/shared/querylog/ledger"
)

// Function makes the Lambda function from its ports. SHIXIN_DAILY_IDENTIFIERS is how many identifiers a caller may ask for in a day, and
// SHIXIN_CALLER_IDENTIFIERS says of which callers it is another number ([ledger.ParseQuotas]). Where that cannot be read an alarm rings, and all have
// the same: the log is written whatever is configured.
func Function(p boot.Ports) boot.Worker {
	l := ledgers.New(p)
	l.Quota, _ = strconv.ParseInt(os.Getenv("SHIXIN_DAILY_IDENTIFIERS"), 10, 64) // 0, the default, where it is none
	var err error
	if l.Quotas, err = ledger.ParseQuotas(os.Getenv("SHIXIN_CALLER_IDENTIFIERS")); err != nil {
		log := p.Log
		if log == nil {
			log = slog.Default()
		}
		log.Error("the quotas of single callers cannot be read; all have the same", "alarm", "configuration", "error", err)
	}
	return p.WorkTogether(l.Append)
}
