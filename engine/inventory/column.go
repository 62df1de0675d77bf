package inventory

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Ports of WinRM.
const (
	portHTTP  = 5985
	portHTTPS = 5986
)

// column is one column of an inventory file: what it may hold and where its value goes.
type column struct {
	name     string
	required bool
	most     int // characters
	set      func(s *Server, value string) error
	get      func(s *Server) string
}

// windowColumn is the column that the command for mapping a server to a window changes as well.
const windowColumn = "window"

// columns are all the columns there are, in the order in which WriteCSV writes them.
var columns = []column{
	{"name", true, 128, (*Server).setName, func(s *Server) string { return s.Name }},
	{"address", true, 270, (*Server).setAddress, func(s *Server) string { return s.Address }},
	{"os", true, 128, assign(func(s *Server) *string { return &s.OS }), func(s *Server) string { return s.OS }},
	{"environment", true, 16, (*Server).setEnvironment, func(s *Server) string { return string(s.Environment) }},
	{"site", true, 128, assign(func(s *Server) *string { return &s.Site }), func(s *Server) string { return s.Site }},
	{"owner", true, 128, assign(func(s *Server) *string { return &s.Owner }), func(s *Server) string { return s.Owner }},
	{"applications", true, 4096, (*Server).setApplications, func(s *Server) string { return strings.Join(s.Applications, ";") }},
	{"cluster", false, 128, assign(func(s *Server) *string { return &s.Cluster }), func(s *Server) string { return s.Cluster }},
	{windowColumn, false, 32, nil, func(s *Server) string { return s.Window }}, // set by setWindow, which needs the known windows
	{"risk", false, 16, oneOf(func(s *Server) *string { return &s.Risk }, "none", "low", "high"), func(s *Server) string { return s.Risk }},
	{"port", false, 5, (*Server).setPort, func(s *Server) string { return strconv.Itoa(s.Port) }},
	{"scheme", false, 5, (*Server).setScheme, func(s *Server) string { return s.Scheme }},
	{"credential", false, 64, (*Server).setCredential, func(s *Server) string { return s.Credential }},
	{"value", false, 16, oneOf(func(s *Server) *string { return &s.Value }, "low", "high"), func(s *Server) string { return s.Value }},
	{"exposure", false, 16, oneOf(func(s *Server) *string { return &s.Exposure }, "low", "high"), func(s *Server) string { return s.Exposure }},
	{"hardware", false, 16, oneOf(func(s *Server) *string { return &s.Hardware }, "physical", "virtual", "laptop"), func(s *Server) string { return s.Hardware }},
	{"link_mbit", false, 7, (*Server).setLinkMbit, func(s *Server) string { return numberOrNothing(s.LinkMbit) }},
	{"link", false, 16, oneOf(func(s *Server) *string { return &s.Link }, "reliable", "unreliable"), func(s *Server) string { return s.Link }},
	{"fsmo", false, 64, (*Server).setFSMO, func(s *Server) string { return strings.Join(s.FSMO, ";") }},
	{"software", false, 8192, (*Server).setSoftware, func(s *Server) string { return strings.Join(s.Software, ";") }},
	{"managed", false, 200, (*Server).setManaged, (*Server).managed},
}

func columnNames() (names []string) {
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

func requiredColumns() (names []string) {
	for _, c := range columns {
		if c.required {
			names = append(names, c.name)
		}
	}
	return names
}

func assign(field func(*Server) *string) func(*Server, string) error {
	return func(s *Server, value string) error {
		*field(s) = value
		return nil
	}
}

func (s *Server) setName(value string) error {
	for _, r := range value {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r) {
			return fmt.Errorf("%s is no host name: %q cannot stand in one", quote(value), r)
		}
	}
	s.Name = value
	return nil
}

// setAddress takes an IP address or a DNS name, with or without a port.
func (s *Server) setAddress(value string) error {
	host, port, err := splitAddress(value)
	if err != nil {
		return err
	}
	s.Address = host
	if port == "" {
		return nil
	}
	return s.setPort(port)
}

func splitAddress(value string) (host, port string, err error) {
	if ip, err := netip.ParseAddr(value); err == nil {
		return ip.String(), "", nil
	}
	host = value
	if i := strings.LastIndexByte(value, ':'); i >= 0 && !strings.HasSuffix(value, "]") {
		if host, port = value[:i], value[i+1:]; port == "" {
			return "", "", fmt.Errorf("%s has no port after the colon", quote(value))
		}
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	bracketed := len(bare) == len(host)-2
	if ip, err := netip.ParseAddr(bare); err == nil && ip.Is6() == bracketed {
		return ip.String(), port, nil
	}
	if !isDNSName(host) {
		return "", "", fmt.Errorf("%s is neither an IP address nor a DNS name", quote(value))
	}
	return host, port, nil
}

// isDNSName accepts labels of letters, digits, dashes and underscores; a name of digits and dots only is a mistyped address.
func isDNSName(name string) bool {
	if len(name) > 253 || strings.Trim(name, "0123456789.") == "" {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, r := range label {
			if r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' {
				return false
			}
		}
	}
	return true
}

func (s *Server) setEnvironment(value string) error {
	for _, e := range []Environment{Dev, Test, Prod} {
		if strings.EqualFold(value, string(e)) {
			s.Environment = e
			return nil
		}
	}
	return fmt.Errorf("%s is none of Dev, Test, Prod", quote(value))
}

// setApplications takes a list separated by semicolons.
func (s *Server) setApplications(value string) (err error) {
	if s.Applications, err = list(value, 64); err == nil && len(s.Applications) == 0 {
		return errors.New("the value is missing")
	}
	return err
}

// setSoftware takes a list separated by semicolons, each entry a product with its version.
func (s *Server) setSoftware(value string) (err error) {
	s.Software, err = list(value, 200)
	return err
}

// setFSMO takes a list of operations master roles.
func (s *Server) setFSMO(value string) (err error) {
	if s.FSMO, err = list(strings.ToLower(value), len(FSMORoles)); err != nil {
		return err
	}
	for _, role := range s.FSMO {
		if !slices.Contains(FSMORoles, role) {
			return fmt.Errorf("%s is none of %s", quote(role), strings.Join(FSMORoles, ", "))
		}
	}
	return nil
}

// list takes apart what semicolons separate; blank and repeated entries are left out.
func list(value string, most int) (entries []string, err error) {
	for entry := range strings.SplitSeq(value, ";") {
		entry = strings.TrimSpace(entry)
		if entry == "" || slices.Contains(entries, entry) {
			continue
		}
		if len([]rune(entry)) > 128 {
			return nil, fmt.Errorf("%s is longer than 128 characters", quote(entry))
		}
		entries = append(entries, entry)
	}
	if n := len(entries); n > most {
		return nil, fmt.Errorf("%d entries, at most %d are possible", n, most)
	}
	return entries, nil
}

func (s *Server) setWindow(value string, windows []string) error {
	i := slices.IndexFunc(windows, func(w string) bool { return strings.EqualFold(w, value) })
	if i < 0 {
		return fmt.Errorf("%s is no known maintenance window", quote(value))
	}
	s.Window = windows[i]
	return nil
}

// oneOf makes the setter of a field that takes one of a few words, without regard to case.
func oneOf(field func(*Server) *string, words ...string) func(*Server, string) error {
	return func(s *Server, value string) error {
		word := strings.ToLower(value)
		if !slices.Contains(words, word) {
			return fmt.Errorf("%s is none of %s", quote(value), strings.Join(words, ", "))
		}
		*field(s) = word
		return nil
	}
}

func (s *Server) setLinkMbit(value string) error {
	speed, err := strconv.ParseUint(value, 10, 20)
	if err != nil || speed == 0 {
		return fmt.Errorf("%s is no speed in whole Mbit/s from 1 to %d", quote(value), 1<<20-1)
	}
	s.LinkMbit = int(speed)
	return nil
}

func numberOrNothing(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// setManaged takes "yes", or why not: one of UnmanagedKinds, and perhaps words after a colon.
func (s *Server) setManaged(value string) error {
	kind, words, said := strings.Cut(value, ":")
	kind, words = strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(words)
	switch {
	case kind == "yes" && !said:
		s.Unmanaged = ""
	case !slices.Contains(UnmanagedKinds, kind):
		return fmt.Errorf("%s is neither yes nor one of %s, with words after a colon", quote(value), strings.Join(UnmanagedKinds, ", "))
	case words == "":
		s.Unmanaged = kind
	default:
		s.Unmanaged = kind + ": " + words
	}
	return nil
}

func (s *Server) managed() string {
	if s.Unmanaged == "" {
		return "yes"
	}
	return s.Unmanaged
}

// setPort takes a port number. The port may also stand in the address; then both must agree.
func (s *Server) setPort(value string) error {
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil || port == 0 {
		return fmt.Errorf("port %s is no number from 1 to 65535", quote(value))
	}
	if s.Port != 0 && s.Port != int(port) {
		return fmt.Errorf("port and address name two different ports, %d and %d", min(s.Port, int(port)), max(s.Port, int(port)))
	}
	s.Port = int(port)
	return nil
}

func (s *Server) setScheme(value string) error {
	scheme := strings.ToLower(value)
	if scheme != "http" && scheme != "https" {
		return fmt.Errorf("%s is neither http (sealed) nor https", quote(value))
	}
	s.Scheme = scheme
	return nil
}

func (s *Server) setCredential(value string) error {
	for _, r := range value {
		if !strings.ContainsRune("-_.", r) && (r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			return fmt.Errorf("%s is no name of a credential: letters, digits, dash, dot and underscore only", quote(value))
		}
	}
	s.Credential = value
	return nil
}

// complete fills in what follows from the rest: WinRM over HTTP (messages sealed by NTLM or Kerberos) unless told otherwise,
// on the scheme's own port.
func (s *Server) complete() error {
	if s.Scheme == "" {
		s.Scheme = "http"
		if s.Port == portHTTPS {
			return errors.New("scheme: port 5986 is WinRM's HTTPS port, set the scheme to https")
		}
	}
	if s.Port == 0 {
		s.Port = map[string]int{"http": portHTTP, "https": portHTTPS}[s.Scheme]
	}
	return nil
}

// printable refuses what could command a terminal or hide in a name: control, formatting and invisible characters.
func printable(value string) error {
	for i, r := range []rune(value) {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("character %d is %U, which cannot be printed", i+1, r)
		}
	}
	return nil
}

// quote makes a value of the file safe and short enough to stand in a message.
func quote(value string) string {
	const most = 40
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return strconv.Quote(value)
}
