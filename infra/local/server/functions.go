package server

import (
	"shixin/functions/adoption"
	"shixin/functions/clock"
	"shixin/functions/registry"
	"shixin/functions/status"
	"shixin/shared/boot"
)

// Functions makes the functions of functions/ over the ports of this machine, by the folders' names. Each has a table that
// refuses the keys its role in template.yaml may not reach.
func Functions(p func(name string) boot.Ports) (map[string]Function, error) {
	return map[string]Function{
		"registry": {HTTP: registry.Function(p("registry"))},
		"status":   {HTTP: status.Function(p("status"))},
		"adoption": {Queue: adoption.Function(p("adoption"))},
		"clock":    {Schedule: clock.Function(p("clock"))},
	}, nil
}
