package server

import (
	"shixin/functions/adoption"
	"shixin/functions/auditplan"
	"shixin/functions/auditwork"
	"shixin/functions/clock"
	"shixin/functions/compliance"
	"shixin/functions/indexer"
	"shixin/functions/publisher"
	"shixin/functions/querylog"
	"shixin/functions/registry"
	"shixin/functions/screenwork"
	"shixin/functions/search"
	"shixin/functions/status"
	"shixin/functions/watch"
	"shixin/shared/boot"
)

// Functions makes the functions of functions/ over the ports of this machine, by the folders' names. Each has a table that
// refuses the keys its role in template.yaml may not reach.
func Functions(p func(name string) boot.Ports) (map[string]Function, error) {
	index, regular := indexer.Function(p("indexer"))
	return map[string]Function{
		"registry":   {HTTP: registry.Function(p("registry"))},
		"status":     {HTTP: status.Function(p("status"))},
		"compliance": {HTTP: compliance.Function(p("compliance"))},
		"watch":      {HTTP: watch.Function(p("watch"))},
		"search":     {HTTP: search.Function(p("search"))},
		"indexer":    {Queue: index, Schedule: regular},
		"screenwork": {Queue: screenwork.Function(p("screenwork"))},
		"adoption":   {Queue: adoption.Function(p("adoption"))},
		"auditwork":  {Queue: auditwork.Function(p("auditwork"))},
		"publisher":  {Queue: publisher.Function(p("publisher"))},
		"querylog":   {Queue: querylog.Function(p("querylog"))},
		"auditplan":  {Schedule: auditplan.Function(p("auditplan"))},
		"clock":      {Schedule: clock.Function(p("clock"))},
	}, nil
}
