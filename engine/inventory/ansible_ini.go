package inventory

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// readINI reads sections of hosts ([group]), of groups ([group:children]) and of variables ([group:vars]).
func (a *ansible) readINI(text []byte) (bad []LineError, err error) {
	group, part := "ungrouped", ""
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\xef\xbb\xbf"))
		var err error
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			group, part, err = section(line)
			if err == nil {
				a.group(group)
			}
		case part == "children":
			if err = groupName(line); err == nil {
				a.group(line).parents = append(a.group(line).parents, group)
			}
		case part == "vars":
			err = variable(a.group(group).vars, line)
		default:
			err = a.hostLine(line, i+1, group)
		}
		if err != nil {
			bad = append(bad, LineError{Line: i + 1, Reason: err.Error()})
		}
		if len(a.hosts) > mostLines || len(a.groups) > mostAnsibleGroups {
			return nil, fmt.Errorf("line %d: more than %d hosts or %d groups", i+1, mostLines, mostAnsibleGroups)
		}
	}
	return bad, nil
}

// section reads "[group]", "[group:children]" or "[group:vars]".
func section(line string) (group, part string, err error) {
	name, ok := strings.CutSuffix(line[1:], "]")
	group, part, _ = strings.Cut(name, ":")
	if part != "" && part != "children" && part != "vars" || !ok {
		return group, part, fmt.Errorf("%s is no section: expected [group], [group:children] or [group:vars]", quote(line))
	}
	return group, part, groupName(group)
}

func groupName(name string) error {
	if name == "" || len(name) > 128 || strings.ContainsAny(name, " \t=:[]") || printable(name) != nil {
		return fmt.Errorf("%s is no name of a group", quote(name))
	}
	return nil
}

// variable reads "name = value"; quotes around the value are taken off.
func variable(vars map[string]string, text string) error {
	name, value, ok := strings.Cut(text, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || name == "" {
		return fmt.Errorf("%s is no variable with a value", quote(text))
	}
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		value = value[1 : n-1]
	}
	vars[name] = value
	return nil
}

// hostLine reads a host, or a range of hosts, with its variables.
func (a *ansible) hostLine(line string, number int, group string) error {
	words, err := iniWords(line)
	if err != nil {
		return err
	}
	names, err := hostNames(words[0])
	if err != nil {
		return err
	}
	for _, name := range names {
		h := a.host(name, number, group)
		for _, word := range words[1:] {
			if err := variable(h.vars, word); err != nil {
				return err
			}
		}
	}
	return nil
}

// iniWords splits a line at blanks that stand outside of quotes, up to a comment.
func iniWords(line string) (words []string, err error) {
	var word strings.Builder
	quote := rune(0)
	for _, r := range line {
		switch {
		case quote != 0:
			word.WriteRune(r)
			if r == quote {
				quote = 0
			}
		case r == '#' && word.Len() == 0:
			return words, nil
		case r == ' ' || r == '\t':
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
		default:
			if r == '"' || r == '\'' {
				quote = r
			}
			word.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote is not closed on this line")
	}
	if word.Len() > 0 {
		words = append(words, word.String())
	}
	return words, nil
}

// mostRange bounds the hosts that one line may stand for.
const mostRange = 1000

// hostNames writes out a range in brackets: web[01:20].example or db-[a:c].
func hostNames(pattern string) ([]string, error) {
	before, rest, ranged := strings.Cut(pattern, "[")
	if !ranged {
		return []string{pattern}, nil
	}
	inside, after, closed := strings.Cut(rest, "]")
	from, to, ok := strings.Cut(inside, ":")
	if !closed || !ok || strings.ContainsAny(after, "[]") {
		return nil, fmt.Errorf("%s is no range of hosts: expected one such as web[01:20].example", quote(pattern))
	}
	var names []string
	if len(from) == 1 && len(to) == 1 && from[0] >= 'a' && to[0] <= 'z' && from[0] <= to[0] {
		for c := from[0]; c <= to[0]; c++ {
			names = append(names, before+string(rune(c))+after)
		}
		return names, nil
	}
	first, err1 := strconv.ParseUint(from, 10, 31)
	last, err2 := strconv.ParseUint(to, 10, 31)
	if err1 != nil || err2 != nil || last < first || last-first >= mostRange {
		return nil, fmt.Errorf("%s is no range of 1 to %d hosts", quote(pattern), mostRange)
	}
	for n := first; n <= last; n++ {
		names = append(names, fmt.Sprintf("%s%0*d%s", before, len(from), n, after))
	}
	return names, nil
}
