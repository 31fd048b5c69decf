package server

// Functions makes the functions of functions/ over the ports of this machine.
func Functions(Ports) (map[string]Function, error) {
	return map[string]Function{}, nil
}
