// Package sealing provides the sealer of a function's keyring.
package sealing

import (
	"shixin/shared/boot"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
)

// Port is the sealer over the keyring that the hasher uses too, so that it is unwrapped once.
func Port(p *boot.Ports, keyring *ring.Ring) { p.Seal = tinkseal.New(keyring) }
