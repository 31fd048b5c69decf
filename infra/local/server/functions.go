package server

import (
	"shixin/functions/adoption"
	"shixin/functions/clock"
	"shixin/functions/registry"
	"shixin/functions/status"
	"shixin/shared/boot"
)

// Functions makes the functions of functions/ over the ports of this machine, by the folders' names.
func Functions(p boot.Ports) (map[string]Function, error) {
	return map[string]Function{
		"registry": {HTTP: registry.Function(p)},
		"status":   {HTTP: status.Function(p)},
		"adoption": {Queue: adoption.Function(p)},
		"clock":    {Schedule: clock.Function(p)},
	}, nil
}
