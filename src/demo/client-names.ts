/** Given names of the demo's clients; none is a staff member's, so that "with Maya" can only mean the stylist. */
export const firstNames = `Aaliyah Aaron Abigail Adriana Aisha Alejandro Alicia Amara Amelia Amir Andrea Angela Anh Anita Anthony Aria Arjun Ashley Astrid Audrey
Beatriz Benjamin Bianca Brandon Brooke Caleb Camila Carlos Carmen Caroline Cecilia Charlotte Chloe Christina Claire Connor Crystal Daniel Daniela Darius
David Deborah Denise Derek Diego Dominique Eduardo Eleanor Elena Elijah Elizabeth Emeka Emily Emma Erica Esther Ethan Eva Fatima Faye
Felix Fiona Freya Gabriel Genevieve George Gloria Grace Grant Gwen Hana Hannah Harper Hassan Heather Hector Helen Hiroshi Holly Ian
Imani Ines Ingrid Irene Isaac Isabel Ivy Jacob Jade Jasmine Javier Jenna Jessica Joanna Jonah Jordan Jorge Joy Julia Kai
Karen Kareem Katherine Kavita Keiko Keith Kelly Kenji Kevin Kim Kiran Kristin Lakshmi Lara Laura Lauren Layla Leah Leila Leo
Liam Lily Linda Lucas Lucia Luis Lydia Mabel Magda Malik Marcela Margaret Maria Mariam Marisol Martin Mateo Megan Mei Melissa
Mia Michelle Miguel Mina Miriam Monica Nadia Naomi Natalie Nathan Nia Nicole Nina Noah Noor Nora Oliver Olivia Omar Oscar
Paige Patricia Paul Penelope Peter Quinn Rachel Rafael Ramona Rebecca Renee Ricardo Rosa Rowan Ruby Ruth Ryan Sadie Samir Samantha
Sana Sara Savannah Selena Serena Simone Stella Stephen Tamara Tara Tess Thomas Tiffany Valerie Vanessa Vera Victor Vivian Wendy Xiomara
Yara Yasmin Yuki Yvonne Zachary Zara Zoe`.split(/\s+/)

export const lastNames = `Abbott Acosta Adeyemi Aguilar Ahmed Alvarez Andersen Baker Banerjee Barnes Becker Bell Bennett Bergstrom Bishop Blake Brennan Brooks Bui Burke
Cabrera Caldwell Campos Carlson Castillo Chan Chandra Chavez Cho Clarke Cohen Collins Cortez Crawford Cruz Dalton Das Delgado Desai Diaz
Dixon Dominguez Doyle Duarte Dubois Dunn Ellison Erickson Espinoza Estrada Farah Fernandez Fischer Flores Foster Franco Fraser Fujita Gallagher Garza
Gill Goldberg Gomez Grant Griffin Gupta Gutierrez Hale Hansen Hardy Hayashi Henderson Hernandez Herrera Ho Hoffman Holt Huang Hughes Hussain
Ibarra Ito Iyer Jackson Jansen Jensen Johal Joshi Juarez Kamara Kapoor Kaur Keller Kennedy Khalil Khan Kimura Klein Kovacs Kumar
Lam Larsen Lawson Le Leung Levine Lin Lopez Lowe Luna Lynch Mahmoud Maldonado Malone Marsh Martinez Matsuda McCarthy McKenna Medina
Mehta Mendez Meyer Miller Mitchell Molina Montoya Moreno Morgan Murphy Nakamura Navarro Ndiaye Nelson Nguyen Nolan Novak Obi Ochoa Okeke
Olsen Ortega Osei Owens Palmer Park Patel Pereira Petrov Pham Phillips Popov Porter Quintero Ramirez Rao Reid Rhodes Rivera Robles
Rojas Romero Rosen Rossi Salazar Sandoval Santos Sato Schmidt Serrano Shah Sharma Silva Singh Soto Stein Stone Suzuki Swanson Tanaka
Thorne Torres Tran Turner Underwood Valdez Vargas Vasquez Vega Villanueva Vu Walsh Watanabe Webb Weiss Whitaker Wolfe Xu Yamada Yang Yates Yoon Young Zamora Zhang`.split(/\s+/)

/** Those of them who mostly come for a men's cut. */
export const mensNames = new Set(`Aaron Alejandro Amir Anthony Arjun Benjamin Brandon Caleb Carlos Connor Daniel Darius David Derek Diego Eduardo Elijah Emeka Ethan Felix
Gabriel George Grant Hassan Hector Hiroshi Ian Isaac Jacob Javier Jonah Jorge Kareem Keith Kenji Kevin Leo Liam Lucas Luis
Malik Martin Mateo Miguel Nathan Noah Oliver Omar Oscar Paul Peter Rafael Ricardo Ryan Samir Stephen Thomas Victor Zachary`.split(/\s+/))
