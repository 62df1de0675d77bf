package wsman

// What a Machine may know beyond the interface Machine; each is asked for by a type assertion.

// InputReader knows which command lines read standard input: those start when it has arrived to its end, all others at
// once.
type InputReader interface {
	NeedsInput(line string) bool
}

// Named is the computer's name, as it stands in NTLM challenges and in faults.
type Named interface {
	ComputerName() string
}

// Versioned is the operating system's version ("10.0.20348"), as Identify tells it to those who logged in.
type Versioned interface {
	Version() string
}

// Faulty answers requests with a fault of its own choice instead of doing them: 2147943418 while a profile unloads after
// a restart, 5 for access denied, 170 for busy, 995 for aborted. Zero does the request.
type Faulty interface {
	Fault(action Action) uint32
}
