"""What monitoring may ask a web process: is it alive, can Ticketz work, and figures. It reads, and changes nothing."""
