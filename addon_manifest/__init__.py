"""What Google is told about the add-on: the deployment, and the pictures of the listing."""
