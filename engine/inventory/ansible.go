package inventory

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// AnsibleOptions say what an Ansible inventory leaves open: which groups stand for which value of a column, and what holds where neither
// a group nor a host says anything.
type AnsibleOptions struct {
	Groups   map[string]map[string]string // column -> group -> value: "environment" -> "production" -> "Prod"
	Defaults map[string]string            // column -> value
	Windows  []string                     // ids of the maintenance windows that a host may name
}

// ansibleVariables are the variables of Ansible that say what a column says. Beside them, a variable "patchdeck_" and the name of a column,
// of a host or a group, gives that column.
var ansibleVariables = map[string]string{
	"ansible_host": "address", "ansible_ssh_host": "address", "ansible_port": "port", "ansible_ssh_port": "port", "ansible_winrm_scheme": "scheme",
}

const variablePrefix = "patchdeck_"

const (
	mostAnsibleBytes  = 4 << 20
	mostAnsibleGroups = 5000
)

// ansible is an inventory while it is read: hosts and groups by name, with the line that named them first.
type ansible struct {
	hosts  map[string]*ansibleHost
	groups map[string]*ansibleGroup
	order  []string // of hosts
}

type ansibleHost struct {
	line   int
	vars   map[string]string
	groups []string
}

type ansibleGroup struct {
	vars    map[string]string
	parents []string
}

func newAnsible() *ansible {
	return &ansible{hosts: map[string]*ansibleHost{}, groups: map[string]*ansibleGroup{}}
}

func (a *ansible) group(name string) *ansibleGroup {
	g := a.groups[name]
	if g == nil {
		g = &ansibleGroup{vars: map[string]string{}}
		a.groups[name] = g
	}
	return g
}

func (a *ansible) host(name string, line int, group string) *ansibleHost {
	h := a.hosts[name]
	if h == nil {
		h = &ansibleHost{line: line, vars: map[string]string{}}
		a.hosts[name] = h
		a.order = append(a.order, name)
	}
	if group != "" && !slices.Contains(h.groups, group) {
		h.groups = append(h.groups, group)
	}
	return h
}

// ReadAnsible reads an Ansible inventory, as INI or as YAML, told apart by its content. Like ReadCSV it gives every server or none. Hosts
// that Ansible reaches otherwise than over WinRM are no Windows servers; their names come back beside. Passwords and all other variables
// are left where they are.
func ReadAnsible(r io.Reader, o AnsibleOptions) (servers []Server, others []string, bad []LineError, err error) {
	text, err := readBounded(r, mostAnsibleBytes)
	if err != nil {
		return nil, nil, nil, err
	}
	a := newAnsible()
	if LooksLikeAnsibleYAML(text) {
		err = a.readYAML(text)
	} else {
		bad, err = a.readINI(text)
	}
	if err != nil || len(bad) > 0 {
		return nil, nil, bad, err
	}
	seen := newSeen()
	for _, name := range a.order {
		vars, err := a.varsOf(name)
		if err != nil {
			return nil, nil, nil, err
		}
		if c := vars["ansible_connection"]; c != "" && c != "winrm" && c != "psrp" {
			others = append(others, name)
			continue
		}
		line := a.hosts[name].line
		s, faults := o.server(name, vars, a.groupsOf(name))
		for _, reason := range append(faults, seen.add(s, line)...) {
			bad = append(bad, LineError{Line: line, Reason: fmt.Sprintf("host %s: %s", quote(name), reason)})
		}
		servers = append(servers, s)
	}
	if len(bad) > 0 {
		return nil, nil, bad, nil
	}
	return servers, others, nil, nil
}

// LooksLikeAnsibleYAML tells YAML from INI by the first line that says anything: a section, or a key with a colon.
func LooksLikeAnsibleYAML(text []byte) bool {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, mostAnsibleBytes+1)
	for lines.Scan() {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\xef\xbb\xbf"))
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line == "---":
			return true
		default:
			return line[0] != '[' && strings.HasSuffix(line, ":")
		}
	}
	return false
}

// groupsOf lists the groups of a host and the groups above them, from the outermost to its own.
func (a *ansible) groupsOf(host string) []string {
	depth := map[string]int{"all": 0}
	var climb func(name string) int
	climb = func(name string) int {
		if d, known := depth[name]; known {
			return d
		}
		depth[name] = 1 // also ends a circle, which varsOf refuses
		for _, parent := range a.group(name).parents {
			depth[name] = max(depth[name], climb(parent)+1)
		}
		return depth[name]
	}
	for _, g := range a.hosts[host].groups {
		climb(g)
	}
	return slices.SortedFunc(maps.Keys(depth), func(x, y string) int {
		if depth[x] != depth[y] {
			return depth[x] - depth[y]
		}
		return strings.Compare(x, y)
	})
}

// varsOf gives the variables of a host: its own win over its groups', inner groups' over outer ones'.
func (a *ansible) varsOf(host string) (map[string]string, error) {
	vars := map[string]string{}
	for _, g := range a.groupsOf(host) {
		if a.above(g, g, map[string]bool{}) {
			return nil, fmt.Errorf("group %s is its own child", quote(g))
		}
		maps.Copy(vars, a.group(g).vars)
	}
	maps.Copy(vars, a.hosts[host].vars)
	return vars, nil
}

// above tells whether wanted stands above a group.
func (a *ansible) above(group, wanted string, seen map[string]bool) bool {
	for _, parent := range a.group(group).parents {
		if parent == wanted {
			return true
		}
		if !seen[parent] {
			seen[parent] = true
			if a.above(parent, wanted, seen) {
				return true
			}
		}
	}
	return false
}

// server makes a server of a host: what its variables say, else what its groups stand for, else the default.
func (o AnsibleOptions) server(name string, vars map[string]string, groups []string) (s Server, faults []string) {
	said := maps.Clone(o.Defaults)
	if said == nil {
		said = map[string]string{}
	}
	said["name"] = name
	if said["address"] == "" {
		said["address"] = name
	}
	for column, values := range o.Groups {
		for _, g := range groups {
			if value, ok := values[g]; ok {
				said[column] = value
			}
		}
	}
	for _, variable := range slices.Sorted(maps.Keys(vars)) {
		column, own := strings.CutPrefix(variable, variablePrefix)
		if known := ansibleVariables[variable]; known != "" {
			column, own = known, true
		}
		if own {
			said[column] = vars[variable]
		}
	}
	in := &csvReader{windows: o.Windows}
	for i := range columns {
		c := &columns[i]
		if err := in.set(&s, c, strings.TrimSpace(said[c.name])); err != nil {
			faults = append(faults, fmt.Sprintf("%s: %s", c.name, err))
		}
		delete(said, c.name)
	}
	for _, column := range slices.Sorted(maps.Keys(said)) {
		faults = append(faults, fmt.Sprintf("there is no column %s, known are %s", quote(column), strings.Join(columnNames(), ", ")))
	}
	if err := s.complete(); err != nil {
		faults = append(faults, err.Error())
	}
	return s, faults
}
