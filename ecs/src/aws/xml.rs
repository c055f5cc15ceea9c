//! Answers of the query APIs (EC2, Elastic Load Balancing), which are XML.

use roxmltree::Node;

/// The child with this name.
pub fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| is_named(*child, name))
}

/// The text of the child with this name.
pub fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
    Some(child(node, name)?.text().unwrap_or_default().to_owned())
}

/// The members of the list with this name, wherever it is below `node`: the first one counts.
pub fn members<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Vec<Node<'a, 'input>> {
    let list = node.descendants().find(|child| is_named(*child, name));
    let items = list.into_iter().flat_map(|list| list.children());
    items.filter(Node::is_element).collect()
}

/// By the name without the namespace, which differs by API and version.
fn is_named(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}
