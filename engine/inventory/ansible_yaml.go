package inventory

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
)

// readYAML reads groups with their hosts, variables and children. Of a host that is bad, the number in the order of the file is told in place of a line.
func (a *ansible) readYAML(text []byte) error {
	if err := plainYAML(text); err != nil {
		return err
	}
	var top yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(text, &top, yaml.UseOrderedMap()); err != nil {
		return errors.New(oneLine(errors.New(yaml.FormatError(err, false, false))))
	}
	for _, item := range top {
		if err := a.yamlGroup(fmt.Sprint(item.Key), "", item.Value, 0); err != nil {
			return err
		}
	}
	return nil
}

func (a *ansible) yamlGroup(name, parent string, value any, depth int) error {
	if err := groupName(name); err != nil {
		return err
	}
	if depth > mostYAMLDepth || len(a.groups) > mostAnsibleGroups || len(a.hosts) > mostLines {
		return fmt.Errorf("group %s: more than %d groups, %d hosts, or groups inside one another", quote(name), mostAnsibleGroups, mostLines)
	}
	g := a.group(name)
	if parent != "" && parent != "all" {
		g.parents = append(g.parents, parent)
	}
	node, err := yamlMap(name, value)
	if err != nil {
		return err
	}
	for _, part := range node {
		items, err := yamlMap(fmt.Sprintf("%s: %v", name, part.Key), part.Value)
		if err != nil {
			return err
		}
		for _, item := range items {
			key := fmt.Sprint(item.Key)
			switch part.Key {
			case "hosts":
				err = a.yamlHosts(key, name, item.Value)
			case "vars":
				yamlVariable(g.vars, key, item.Value)
			case "children":
				err = a.yamlGroup(key, name, item.Value, depth+1)
			default:
				err = fmt.Errorf("group %s has %s, expected hosts, vars or children", quote(name), quote(fmt.Sprint(part.Key)))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *ansible) yamlHosts(pattern, group string, value any) error {
	names, err := hostNames(pattern)
	if err != nil {
		return err
	}
	vars, err := yamlMap("host "+pattern, value)
	if err != nil {
		return err
	}
	for _, name := range names {
		h := a.host(name, len(a.order)+1, group)
		for _, v := range vars {
			yamlVariable(h.vars, fmt.Sprint(v.Key), v.Value)
		}
	}
	return nil
}

// yamlVariable keeps a variable that is one value; lists and maps mean nothing here.
func yamlVariable(vars map[string]string, name string, value any) {
	switch value.(type) {
	case string, int, int64, uint64, float64, bool:
		vars[name] = fmt.Sprint(value)
	}
}

func yamlMap(what string, value any) (yaml.MapSlice, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case yaml.MapSlice:
		return v, nil
	default:
		return nil, fmt.Errorf("%s is no map", quote(what))
	}
}
