// Package querylog provides the worker that appends queries to the log of who asked what.
package querylog

import (
	"os"
	"strconv"

	"shixin/shared/boot"
	"shixin/shared/querylog/ledger"
	"shixin/shared/records"
)

// Function makes the Lambda function from its ports. SHIXIN_DAILY_IDENTIFIERS is how many identifiers a caller may ask for in a day.
func Function(p boot.Ports) boot.Worker {
	quota, _ := strconv.ParseInt(os.Getenv("SHIXIN_DAILY_IDENTIFIERS"), 10, 64) // 0, the default, where it is none
	l := &ledger.Ledger{Store: &records.Store{Table: p.Table}, Log: p.Log, Quota: quota}
	return p.WorkTogether(l.Append)
}
